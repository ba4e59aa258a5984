"""Rules about topics, queues and messages."""
