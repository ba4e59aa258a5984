"""Where a behaviour is tried, and how long it may take to show there."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from mailroom.waiting import backoff


@dataclass(frozen=True)
class Endpoint:
    """An engine, or AWS.

    Attributes:
        session: Clients of it; all that a behaviour may use.
        seconds: How long a behaviour may take to show.
        eventual: Whether it takes its time to know everywhere what it has done, as AWS does.
        without_functions: Why it runs no Lambda functions; empty when it does.
    """

    session: boto3.Session
    seconds: float
    eventual: bool = False
    without_functions: str = ""

    def client(self, service: str, **options: Any) -> Any:
        """The client of a service; `options` are boto3's."""
        return self.session.client(service, **options)  # type: ignore[call-overload]

    @cached_property
    def account(self) -> str:
        """The account's twelve digits."""
        return str(self.client("sts").get_caller_identity()["Account"])

    @property
    def region(self) -> str:
        return str(self.session.region_name)

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait until something is true; fail when it isn't in time."""
        deadline = time.monotonic() + self.seconds
        for _ in backoff(longest=0.5):
            if true():
                return
            assert time.monotonic() < deadline, f"waited {self.seconds:.0f} s in vain for {what}"

    def until_known(self, true: Callable[[], Any]) -> None:
        """Give AWS the time that it takes; an engine knows at once, or never."""
        if self.eventual:
            self.until(true, "AWS to know")

    def accepted[T](self, call: Callable[[], T], sign: str) -> T:
        """What a call returns, tried again for as long as it fails with a sign in its error.

        A role that was just made takes AWS some seconds to know everywhere.
        """
        deadline = time.monotonic() + self.seconds
        for _ in backoff(longest=2):
            try:
                return call()
            except ClientError as error:
                if sign not in str(error) or time.monotonic() > deadline:
                    raise
        raise AssertionError("unreachable: the wait has no end of its own")


def code_of(call: Callable[[], Any]) -> str:
    """The code of the error with which a call is refused; empty when it isn't."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def as_given(endpoint: Endpoint, service: str) -> Any:
    """A client that sends what it is given: boto3 would refuse some of it itself."""
    return endpoint.client(service, config=Config(parameter_validation=False))
