"""Changes of LocalStack's EventBridge."""
