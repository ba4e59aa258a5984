"""What the workflow relies on in AWS, tried on every engine: `make parity` prints the table."""
