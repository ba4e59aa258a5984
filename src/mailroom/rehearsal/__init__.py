"""Rehearsal: every command for an AWS account, against an emulated account."""
