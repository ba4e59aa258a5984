"""Changes of LocalStack's Step Functions."""
