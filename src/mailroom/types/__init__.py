"""Message types: what their folders say, and the definitions that follow from it."""
