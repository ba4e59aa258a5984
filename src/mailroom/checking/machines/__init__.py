"""State machine definitions: their states, paths and intrinsic functions."""
