"""The functions' code, read without running it."""
