"""Access to AWS's APIs, whichever engine answers."""
