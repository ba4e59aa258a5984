"""Changes of LocalStack's SNS."""
