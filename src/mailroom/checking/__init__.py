"""Static checks of what is deployed: they find what would fail in AWS."""
