"""Batches: executions of a stack's state machines, as the console shows them."""
