"""Changes of LocalStack's SQS."""
