"""What the three functions share: errors, settings, logs, clients and secrets."""
