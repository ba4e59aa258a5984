"""Messages: CloudEvents in JSON, parsed strictly and kept as they were sent."""
