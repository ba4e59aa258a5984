"""Commands for what an environment has stored."""
