"""Changes of LocalStack's Lambda."""
