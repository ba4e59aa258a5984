"""Applications other than the message workflow: their settings, template and code."""
