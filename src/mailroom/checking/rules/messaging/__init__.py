"""Rules about topics, queues and what flows between them."""
