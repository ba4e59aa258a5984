"""The message types, a folder for each: its data, and what is particular about it.

docs/your-own-messages.md says what a folder may hold.
"""
