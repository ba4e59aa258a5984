"""Changes of LocalStack's S3."""
