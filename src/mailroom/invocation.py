"""Invokes a function once, and waits for its answer for as long as a function may take."""

import json
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from mailroom.errors import MailroomError

# A function's maximum timeout is 900 s; the rest is for Lambda.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ANSWER_SECONDS = 930


@dataclass(frozen=True)
class Answer:
    """The answer of a function.

    Attributes:
        failed: Whether the function raised an error, timed out or could not be started.
        payload: The returned value; after a failure `errorMessage` and mostly `errorType`.
        request_id: The invocation's request id.
        log: The last 4 KB of its log, if that was asked for.
    """

    failed: bool
    payload: Any
    request_id: str = ""
    log: str = ""

    @property
    def error(self) -> str:
        """Type and message of the function's error."""
        return f"{self.payload.get('errorType')}: {self.payload.get('errorMessage')}"


def invoke(session: boto3.Session, function: str, request: Any, *, log: bool = False) -> Answer:
    """Invoke a function, and wait for its answer.

    By default botocore waits for 60 s and invokes again, while the first invocation continues: a
    longer migration would run several times at once. Here botocore makes one attempt. Keep-alive
    packets prevent a NAT gateway from dropping the idle connection.
    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

    Args:
        session: A session; its client's other settings are kept.
        function: Name or ARN.
        request: The event.
        log: Whether to ask for the end of the log.

    Raises:
        MailroomError: No answer came within the longest time of a function.
        botocore.exceptions.ClientError: Lambda did not invoke it.
    """
    once = Config(
        read_timeout=ANSWER_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
    )
    config = session.client("lambda").meta.config.merge(once)
    client = session.client("lambda", config=config)
    try:
        answered = client.invoke(
            FunctionName=function,
            Payload=json.dumps(request),
            LogType="Tail" if log else "None",
        )
        payload = json.loads(answered["Payload"].read())
    except ReadTimeoutError as error:
        raise MailroomError(
            f"{function} has not answered after {ANSWER_SECONDS} s",
            "it may still run: read its log before you invoke it again",
        ) from error
    return Answer(
        "FunctionError" in answered,
        payload,
        answered["ResponseMetadata"].get("RequestId", ""),
        b64decode(answered.get("LogResult", "")).decode(errors="replace"),
    )


def invoke_async(session: boto3.Session, function: str, request: Any) -> str:
    """Queue an event for a function; returns the request id.

    Raises:
        botocore.exceptions.ClientError: Lambda did not take it.
    """
    answered = session.client("lambda").invoke(
        FunctionName=function, Payload=json.dumps(request), InvocationType="Event"
    )
    return answered["ResponseMetadata"]["RequestId"]
