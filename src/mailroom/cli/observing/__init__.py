"""Commands that show what happens: the console, and a message's way."""
