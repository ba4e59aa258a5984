"""What is patched in LocalStack's CloudWatch."""
