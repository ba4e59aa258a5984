"""What roles may do, what they did, and which permissions they lacked."""
