"""`mailroom executions`."""
