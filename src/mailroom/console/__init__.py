"""`mailroom console`: the environment in a browser, served on 127.0.0.1."""
