"""What is patched in LocalStack's CloudFormation."""
