"""The authorization decisions of the emulator, read from `/_mailroom/iam`."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mailroom.errors import NoAnswer, Refused
from mailroom.local_http import get_json

_PATH = "/_mailroom/iam"
_IDENTITY = "identity-based policy"


@dataclass(frozen=True)
class Reference:
    """A statement that a decision rests on, by its Sid or, without one, by its place."""

    policy: str
    index: int
    sid: str | None


@dataclass(frozen=True)
class Decided:
    """Decisions with the same principal, action, outcome and statements.

    Attributes:
        principal: A role's or user's ARN, or a service's name.
        source: The ARN of what a service acted for.
        outcome: `allowed`, `implicitDeny`, `explicitDeny` or `unchecked`.
        statements: Those of the principal's own policies.
        resources: The number of decisions for each; only the first 50 are counted apart.
        message: The error message that the caller got, or would have got if enforced.
    """

    principal: str
    source: str | None
    action: str
    outcome: str
    statements: tuple[Reference, ...]
    count: int
    resources: Mapping[str, int]
    message: str | None

    @property
    def allowed(self) -> bool:
        return self.outcome == "allowed"

    @property
    def refused(self) -> bool:
        return self.outcome.endswith("Deny")


@dataclass(frozen=True)
class Decisions:
    """All decisions since the emulator started, or since `forget_decisions`.

    Attributes:
        mode: `enforce` or `observe`.
        dropped: The number of decisions that were not counted, since there were too many kinds.
    """

    mode: str
    dropped: int
    decided: tuple[Decided, ...]


def read_decisions(endpoint: str) -> Decisions:
    """Read the decisions of the emulator.

    Raises:
        Refused: IAM is off in it.
    """
    try:
        document = get_json(f"{endpoint}{_PATH}")
    except NoAnswer as error:
        raise Refused(
            "IAM is off in this environment",
            "restart it with: mailroom down; mailroom up --iam=enforce",
        ) from error
    decided = tuple(_decided(entry) for entry in document["decisions"])
    return Decisions(document["mode"], document["dropped"], decided)


def forget_decisions(endpoint: str) -> None:
    """Reset the emulator's decisions."""
    parts = urlsplit(endpoint)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("DELETE", _PATH)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{endpoint}{_PATH} did not answer: {error}") from error
    finally:
        connection.close()


def _decided(entry: dict[str, Any]) -> Decided:
    return Decided(
        entry["principal"],
        entry["source"],
        entry["action"],
        entry["outcome"],
        tuple(
            Reference(one["policy"], one["index"], one["sid"])
            for one in entry["statements"]
            if one["policyType"] == _IDENTITY
        ),
        entry["count"],
        entry["resources"],
        entry["message"],
    )
