"""What would fail in AWS fails here first: static checks of the definitions."""
