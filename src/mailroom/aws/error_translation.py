"""Translates botocore's errors about credentials, permissions and throttling."""

from botocore.exceptions import (
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from mailroom.errors import MailroomError, Refused

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
