"""What the functions' code says about itself, read without running it."""
