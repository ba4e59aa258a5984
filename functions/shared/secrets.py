"""Database credentials in Secrets Manager, in the shape that RDS uses.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.clients import AWS_ERRORS, error_code, is_hopeless
from shared.errors import InvalidSecret, SecretUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True)
class Credentials:
    """How to log in to one database; its password shows in no representation."""

    host: str
    port: int
    dbname: str
    username: str
    password: str = field(repr=False)

    def login(self) -> dict[str, Any]:
        """Return what psycopg connects with."""
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.dbname,
            "user": self.username,
            "password": self.password,
        }


def read_secret(client: "SecretsManagerClient", arn: str) -> dict[str, Any]:
    """Return a secret's JSON object.

    Raises:
        InvalidSecret: when it is missing, forbidden, or no JSON object.
        SecretUnavailable: when Secrets Manager fails.
    """
    try:
        text = client.get_secret_value(SecretId=arn)["SecretString"]
        secret = json.loads(text)
    except AWS_ERRORS as error:
        kind = InvalidSecret if is_hopeless(error) else SecretUnavailable
        raise kind(f"secret {arn} can't be read: {error_code(error)}") from error
    except (KeyError, ValueError):
        # The cause would carry the secret's text.
        raise InvalidSecret(f"secret {arn} is no JSON text") from None
    if not isinstance(secret, dict):
        raise InvalidSecret(f"secret {arn} is no JSON object")
    return secret


def credentials(secret: dict[str, Any], arn: str) -> Credentials:
    """Return a secret's credentials.

    Raises:
        InvalidSecret: when a key is missing or malformed; it names the keys, never a value.
    """
    texts = [
        name for name in ("host", "dbname", "username", "password") if not _is_text(secret, name)
    ]
    port = str(secret.get("port", ""))
    wrong = texts + ([] if port.isascii() and port.isdigit() else ["port"])
    if wrong:
        raise InvalidSecret(f"secret {arn} lacks a usable {', '.join(wrong)}")
    return Credentials(
        secret["host"], int(port), secret["dbname"], secret["username"], secret["password"]
    )


def _is_text(secret: dict[str, Any], name: str) -> bool:
    value = secret.get(name)
    return isinstance(value, str) and value != "" and "\0" not in value
