"""The whole way to AWS and back, on an emulator that plays AWS."""
