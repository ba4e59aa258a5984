"""What makes LocalStack start faster and listen on the configured address only."""
