"""LocalStack and Postgres in containers: what drives docker-compose.yml, and what runs inside."""
