"""Commands that prepare, check and change what is in an AWS account."""
