"""The web server of LocalStack's gateway: a thread for each connection."""
