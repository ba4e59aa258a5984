"""What is changed in LocalStack's Secrets Manager."""
