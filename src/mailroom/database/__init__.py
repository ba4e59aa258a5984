"""The database's owner and its migrations."""
