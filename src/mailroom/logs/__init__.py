"""What functions logged: read from CloudWatch Logs and from what is kept, and parsed."""
