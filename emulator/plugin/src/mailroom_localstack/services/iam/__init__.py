"""Changes of LocalStack's IAM."""
