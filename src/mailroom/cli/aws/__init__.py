"""Commands for an AWS account, and checks before it."""
