"""The web server of LocalStack's gateway."""
