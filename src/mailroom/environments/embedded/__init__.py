"""LocalStack and Postgres as processes of this machine, from packages alone."""
