"""Fault tests: after any fault every accepted event is in exactly one place."""
