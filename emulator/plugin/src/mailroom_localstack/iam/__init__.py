"""IAM at run time: who calls, what that takes, and whether their policies give it."""
