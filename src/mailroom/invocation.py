"""Invokes functions and waits for their answer, once, for as long as they may take."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from mailroom.errors import MailroomError

# A function has at most 900 s; what Lambda does besides has the rest.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ANSWER_SECONDS = 930


@dataclass(frozen=True)
class Answer:
    """What a function answered.

    Attributes:
        failed: Whether it raised, ran out of time or could not be started.
        payload: What it returned; of one that failed `errorMessage`, mostly `errorType` too.
    """

    failed: bool
    payload: dict[str, Any]

    @property
    def error(self) -> str:
        """Type and message of a failed one's error."""
        return f"{self.payload.get('errorType')}: {self.payload.get('errorMessage')}"


def invoke(session: boto3.Session, function: str, request: dict[str, Any]) -> Answer:
    """Invoke a function, and wait for its answer.

    botocore waits for 60 s and invokes again, while the first invocation goes on: a migration
    that takes longer would run several times at once. Here a call is one attempt. Keep-alive
    packets keep what stands between, such as a NAT gateway, from dropping a silent connection.
    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html

    Args:
        session: Whose client is used, with its settings otherwise.
        function: Name or ARN.
        request: The event.

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
        answered = client.invoke(FunctionName=function, Payload=json.dumps(request))
        payload = json.loads(answered["Payload"].read())
    except ReadTimeoutError as error:
        raise MailroomError(
            f"{function} has not answered after {ANSWER_SECONDS} s",
            "it may be at work still: read its log before you invoke it again",
        ) from error
    return Answer("FunctionError" in answered, payload)
