"""Makes AWS clients.

By botocore, without boto3: importing boto3 (resources, S3 transfers) adds 0.1 s to a cold start,
and its clients are botocore's.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

AWS_ERRORS = (ClientError, BotoCoreError)

_PERMANENT = frozenset(
    {
        "403",
        "404",
        "AWS.SimpleQueueService.NonExistentQueue",
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "NoSuchBucket",
        "NoSuchKey",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
    }
)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _client(service: str, connections: int, attempts: int = 4) -> Any:
    config = Config(
        connect_timeout=3,
        read_timeout=15,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return _session().create_client(service, config=config)


@cache
def sns(connections: int) -> "SNSClient":
    """Return the SNS client; `connections` is the size of its pool.

    It calls once: the publisher repeats what failed, as long as there is time.
    """
    client: SNSClient = _client("sns", connections, attempts=1)
    return client


@cache
def sqs(connections: int) -> "SQSClient":
    """Return the SQS client; `connections` is the size of its pool."""
    client: SQSClient = _client("sqs", connections)
    return client


@cache
def s3() -> "S3Client":
    """Return the S3 client."""
    client: S3Client = _client("s3", 1)
    return client


@cache
def secrets_manager() -> "SecretsManagerClient":
    """Return the Secrets Manager client."""
    client: SecretsManagerClient = _client("secretsmanager", 1)
    return client


def error_code(error: Exception) -> str:
    """Return AWS's error code, or the class name of an error that botocore raised by itself."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


def is_permanent(error: Exception) -> bool:
    """Return whether the call fails until permissions, keys or resources are changed."""
    code = error_code(error)
    return code in _PERMANENT or (
        code.upper().startswith("KMS") and "THROTTLING" not in code.upper()
    )
