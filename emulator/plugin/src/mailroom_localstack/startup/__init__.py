"""Changes of LocalStack itself: where it listens, and how fast it starts."""
