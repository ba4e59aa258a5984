"""What is patched in LocalStack's S3."""
