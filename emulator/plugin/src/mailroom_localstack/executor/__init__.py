"""LocalStack's executor `process`: Lambda functions as processes, without Docker."""
