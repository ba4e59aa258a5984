"""Brings back what was there before a stack's creation or update failed."""
