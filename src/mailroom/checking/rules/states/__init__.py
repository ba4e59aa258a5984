"""Rules about state machine definitions."""

from mailroom.checking.rules.states import advice, permissions, refused, substitutions

__all__ = ["advice", "permissions", "refused", "substitutions"]
