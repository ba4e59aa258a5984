"""Refuses requests with values that AWS doesn't take, before a service sees them."""
