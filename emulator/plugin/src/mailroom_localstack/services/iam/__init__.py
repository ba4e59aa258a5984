"""What is patched in LocalStack's IAM."""
