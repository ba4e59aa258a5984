"""Errors of other libraries that a user can cause, in words that a user understands."""

from mailroom.errors import MailroomError, NoAnswer, Refused


def as_known(error: Exception) -> MailroomError | None:
    """What an error means to the user; None for a bug of ours."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NotConnected
    from psycopg import OperationalError

    from mailroom.aws.errors import explain

    explained = explain(error)
    if explained:
        return explained
    if isinstance(error, OperationalError):
        return NoAnswer(f"the database did not answer: {_first_line(error)}")
    if isinstance(error, HTTPClientError | NotConnected):
        return NoAnswer(f"the engine did not answer: {_first_line(error)}")
    if isinstance(error, BotoCoreError | Boto3Error | ClientError):
        return MailroomError(str(error))
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        # That is how Python keeps a byte of the command line that is no text.
        return Refused("an argument is not UTF-8")
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return MailroomError(f"{where}{error.strerror}")
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
