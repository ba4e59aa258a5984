"""What AWS refuses and LocalStack doesn't, beside permissions."""
