"""IAM at run time: who calls, which permissions a call needs, and whether policies allow it."""
