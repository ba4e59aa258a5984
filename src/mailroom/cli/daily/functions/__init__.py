"""Commands that work on one function."""
