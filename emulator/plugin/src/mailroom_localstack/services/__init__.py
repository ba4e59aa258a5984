"""What is patched in LocalStack, a folder for each AWS service."""
