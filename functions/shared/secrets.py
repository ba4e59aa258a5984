"""Database credentials in Secrets Manager, in the shape that RDS uses.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.clients import AWS_ERRORS, error_code, is_permanent
from shared.errors import InvalidSecret, SecretUnavailable
from shared.tls import tls_options

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True)
class Credentials:
    """How to log in to one database. `repr` leaves out the password."""

    host: str
    port: int
    dbname: str
    username: str
    password: str = field(repr=False)

    def login(self) -> dict[str, Any]:
        """Return the keyword arguments of `psycopg.connect`.

        Raises:
            MissingSetting: when a variable does not say how TLS is used.
        """
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.dbname,
            "user": self.username,
            "password": self.password,
            **tls_options(self.host),
        }


def read_secret(client: "SecretsManagerClient", arn: str) -> dict[str, Any]:
    """Return a secret's JSON object.

    Raises:
        InvalidSecret: when the secret is missing, forbidden, or not a JSON object.
        SecretUnavailable: when Secrets Manager fails.
    """
    try:
        text = client.get_secret_value(SecretId=arn)["SecretString"]
        secret = json.loads(text)
    except AWS_ERRORS as error:
        error_class = InvalidSecret if is_permanent(error) else SecretUnavailable
        raise error_class(f"secret {arn} can't be read: {error_code(error)}") from error
    except (KeyError, ValueError):
        # The cause would show the secret's text.
        raise InvalidSecret(f"secret {arn} is not JSON") from None
    if not isinstance(secret, dict):
        raise InvalidSecret(f"secret {arn} is not a JSON object")
    return secret


def credentials(secret: dict[str, Any], arn: str) -> Credentials:
    """Return a secret's credentials.

    Raises:
        InvalidSecret: when keys are missing or malformed; the error names the keys, never a value.
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
