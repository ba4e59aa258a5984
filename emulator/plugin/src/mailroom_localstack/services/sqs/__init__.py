"""What is patched in LocalStack's SQS."""
