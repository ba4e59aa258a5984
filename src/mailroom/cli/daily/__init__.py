"""Commands for the environment on this machine."""
