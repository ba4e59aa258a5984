"""What the emulator did: the client of its events and counters."""
