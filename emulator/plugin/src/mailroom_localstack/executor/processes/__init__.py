"""The process of a Lambda runtime and what surrounds it."""
