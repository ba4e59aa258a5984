"""Rules about state machine definitions."""
