"""Commands by which other programs reach the environment."""
