"""CloudEvents as others send them: attributes, data in base64, arrays of events."""
