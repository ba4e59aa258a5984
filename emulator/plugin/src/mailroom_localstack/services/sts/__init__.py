"""Changes of LocalStack's STS."""
