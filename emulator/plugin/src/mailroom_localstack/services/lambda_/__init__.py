"""What is patched in LocalStack's Lambda."""
