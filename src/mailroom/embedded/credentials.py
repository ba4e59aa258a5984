"""The owner's credentials in Secrets Manager, where the functions look for them."""

import json
from typing import TYPE_CHECKING

from mailroom.embedded.postgres import DATABASE, OWNER

if TYPE_CHECKING:
    import boto3

SECRET_NAME = "mailroom-database"


def owner_secret(session: "boto3.Session") -> str | None:
    """The secret's ARN, or None when there is none."""
    client = session.client("secretsmanager")
    try:
        return client.describe_secret(SecretId=SECRET_NAME)["ARN"]
    except client.exceptions.ResourceNotFoundException:
        return None


def store_owner_credentials(session: "boto3.Session", host: str, port: int, password: str) -> str:
    """Write the secret in the shape that RDS uses.

    Returns:
        The secret's ARN.
    """
    client = session.client("secretsmanager")
    credentials = {
        "engine": "postgres",
        "host": host,
        "port": port,
        "dbname": DATABASE,
        "username": OWNER,
        "password": password,
    }
    value = json.dumps(credentials)
    existing = owner_secret(session)
    if existing:
        return client.put_secret_value(SecretId=existing, SecretString=value)["ARN"]
    return client.create_secret(Name=SECRET_NAME, SecretString=value)["ARN"]
