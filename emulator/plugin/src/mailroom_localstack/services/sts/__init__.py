"""What is patched in LocalStack's STS."""
