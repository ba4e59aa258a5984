"""Changes of LocalStack's CloudWatch."""
