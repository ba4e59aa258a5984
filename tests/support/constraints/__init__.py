"""Every constraint of a service's model, with a value on each side of it."""
