"""What is patched in LocalStack's Step Functions."""
