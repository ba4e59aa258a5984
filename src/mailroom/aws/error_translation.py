"""Translates errors of boto3, psycopg and Python that a user can cause."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.exceptions import ConnectionError as NotConnected

from mailroom.errors import MailroomError, NoAnswer, Refused
from mailroom.wording import first_line

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN = {
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_THROTTLED = {"Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown"}
_SIGN_IN = "sign in again: aws sso login, or set AWS_PROFILE or AWS_ACCESS_KEY_ID"
_MISSING = (NoCredentialsError, PartialCredentialsError, ProfileNotFound)
_ENDED = (SSOTokenLoadError, TokenRetrievalError, UnauthorizedSSOTokenError)


def translate(error: Exception) -> MailroomError | None:
    """Translate an error of a library that a user can cause; None for a bug of Mailroom."""
    if isinstance(error, MailroomError):
        return error
    explained = explain(error)
    if explained:
        return explained
    if isinstance(error, HTTPClientError | NotConnected):
        return NoAnswer(f"the engine did not answer: {first_line(error)}")
    if isinstance(error, BotoCoreError | ClientError):
        return MailroomError(str(error))
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        # Python represents a byte of the command line that is not UTF-8 by a surrogate.
        return Refused("an argument is not UTF-8")
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return MailroomError(f"{where}{error.strerror}")
    # Where one of them raised it, it is imported already; every command imports this module.
    from boto3.exceptions import Boto3Error
    from psycopg import OperationalError

    if isinstance(error, OperationalError):
        return NoAnswer(f"the database did not answer: {first_line(error)}")
    if isinstance(error, Boto3Error):
        return MailroomError(str(error))
    return None


def explain(error: Exception) -> MailroomError | None:
    """Translate an error about credentials, permissions or throttling; None for any other.

    Args:
        error: The error that boto3 raised.
    """
    if isinstance(error, _MISSING):
        return Refused(f"there are no AWS credentials: {error}", _SIGN_IN)
    if isinstance(error, NoRegionError):
        return Refused("there is no AWS region", "set region in infra/environments/NAME.toml")
    if isinstance(error, _ENDED):
        return Refused(f"the AWS session has ended: {error}", _SIGN_IN)
    if not isinstance(error, ClientError):
        return None
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    if code in _EXPIRED:
        return MailroomError("the AWS credentials have expired", _SIGN_IN)
    if code in _UNKNOWN:
        return Refused(f"AWS does not know these credentials: {message}", _SIGN_IN)
    if code in _DENIED:
        hint = "infra/deployer-*policy.json list the permissions of a role that deploys"
        return MailroomError(f"AWS denies {error.operation_name}: {message}", hint)
    if code in _THROTTLED:
        return MailroomError(f"AWS throttles {error.operation_name}", "try again in a minute")
    return None
