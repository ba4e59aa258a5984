"""What LocalStack acknowledged survives its end: one SQLite file in the environment's state."""
