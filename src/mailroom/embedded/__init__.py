"""LocalStack and Postgres as processes of this machine, from the package index alone."""
