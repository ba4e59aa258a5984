"""What is changed in LocalStack's CloudWatch Logs."""
