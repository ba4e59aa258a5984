"""Faults: whatever breaks on the way, every accepted event ends in exactly one place."""
