"""What roles may do, what they did, and what they would have needed."""
