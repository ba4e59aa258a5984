import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from psycopg import OperationalError

from mailroom.cli.error_translation import as_known
from mailroom.errors import MailroomError, NoAnswer


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
        OperationalError("the connection is lost\nand so on"),
        OperationalError(),
    ],
)
def test_silence_is_named_with_what_to_try(error: Exception) -> None:
    known = as_known(error)

    assert isinstance(known, NoAnswer)
    assert "\n" not in str(known)
    assert "mailroom status" in known.hint


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError({"Error": {"Code": "NoSuchBucket", "Message": "gone"}}, "GetObject"), "gone"),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "not UTF-8"),
    ],
)
def test_what_a_user_can_cause_is_one_line(error: Exception, said: str) -> None:
    known = as_known(error)

    assert isinstance(known, MailroomError)
    assert said in str(known)


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), ValueError("x"), AssertionError(), UnicodeEncodeError("ascii", "é", 0, 1, "x")],
)
def test_a_bug_is_not_hidden(error: Exception) -> None:
    assert as_known(error) is None
