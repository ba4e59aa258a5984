"""Refusals as the exceptions that LocalStack answers with."""

from localstack.aws.api import CommonServiceException
from mailroom_rules.limits import Refusal


def error(refusal: Refusal, *, names_sender: bool = True) -> CommonServiceException:
    """The exception; services that changed their protocol give the name of its class as the
    error's code.

    Args:
        refusal: the error.
        names_sender: whether it says that the fault is the sender's; S3's errors don't.
    """
    named = type(refusal.code, (CommonServiceException,), {})
    exception: CommonServiceException = named(
        refusal.code, refusal.message, refusal.status, sender_fault=names_sender
    )
    return exception


def refusal_of(exception: Exception) -> Refusal:
    """The refusal that an exception of LocalStack's means."""
    code = str(getattr(exception, "code", type(exception).__name__))
    return Refusal(code, str(getattr(exception, "message", exception)))
