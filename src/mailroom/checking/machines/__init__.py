"""The state machines of a template."""
