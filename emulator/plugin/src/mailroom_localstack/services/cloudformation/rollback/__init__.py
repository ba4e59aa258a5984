"""Restores the previous state when a stack's creation or update fails."""
