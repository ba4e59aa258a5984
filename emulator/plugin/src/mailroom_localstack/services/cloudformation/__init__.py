"""Changes of LocalStack's CloudFormation."""
