"""The message: a CloudEvent in JSON, read strictly and kept exactly as it was sent."""
