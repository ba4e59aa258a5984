import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from psycopg import OperationalError

from mailroom.cli.app import translate
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
def test_a_part_that_does_not_answer_is_named_with_a_hint(error: Exception) -> None:
    translated = translate(error)

    assert isinstance(translated, NoAnswer)
    assert "\n" not in str(translated)
    assert "mailroom status" in translated.hint


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError({"Error": {"Code": "NoSuchBucket", "Message": "gone"}}, "GetObject"), "gone"),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"), "not UTF-8"),
    ],
)
def test_an_error_that_a_user_can_cause_is_one_line(error: Exception, said: str) -> None:
    translated = translate(error)

    assert isinstance(translated, MailroomError)
    assert said in str(translated)


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), ValueError("x"), AssertionError(), UnicodeEncodeError("ascii", "é", 0, 1, "x")],
)
def test_a_bug_is_not_hidden(error: Exception) -> None:
    assert translate(error) is None
