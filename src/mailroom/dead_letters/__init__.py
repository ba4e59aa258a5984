"""What could not be delivered or ingested: look at it, send it back, copy it, throw it away."""
