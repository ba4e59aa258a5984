"""The developer's environments: embedded, or in containers."""
