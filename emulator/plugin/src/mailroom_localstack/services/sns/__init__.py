"""What is patched in LocalStack's SNS."""
