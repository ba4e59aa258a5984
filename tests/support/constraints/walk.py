"""Sends a value on each side of every constraint of the services' models: which are enforced?

Run in the engine's interpreter: the models are the gateway's, and so are the code that reads a
request and the checks. botocore writes the request, without its own validation. Prints JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from localstack.aws.forwarder import create_aws_request_context
from localstack.aws.protocol.parser import (
    OperationNotFoundParserError,
    UnknownParserError,
    create_parser,
)
from localstack.aws.spec import load_service
from mailroom_rules.limits.requests import SERVICES, RequestChecks
from mailroom_rules.limits.violation import Violation

from tests.support.constraints.cases import Case, Unbreakable, cases

# How AWS begins a sentence on the elements of a list or a map.
ELEMENTS = {
    "[]": "Member must satisfy constraint",
    "{key}": "Map keys must satisfy constraint",
    "{value}": "Map value must satisfy constraint",
}
IN_URL = "it stands in the URL: a request without it is another one"
REPLACED = "its operation has the URL of the one that took its place"
TOO_LARGE = "LocalStack's server reads no form of this size"


class Unsendable(Exception):
    """Raised when no request can have the value, with the reason."""


def walk() -> dict[str, Any]:
    checks = RequestChecks()
    enforced: Counter[str] = Counter()
    unenforced: Counter[str] = Counter()
    without: Counter[str] = Counter()
    for service in SERVICES:
        model = load_service(service)
        for name in model.operation_names:
            for case in cases(service, model.operation_model(name)):
                try:
                    is_enforced = Walk(model, checks).holds(case)
                except (Unbreakable, Unsendable) as reason:
                    without[f"{reason}"] += 1
                    continue
                if is_enforced:
                    enforced[service] += 1
                else:
                    row = [service, case.owner, case.kind, case.exemption or ""]
                    unenforced[json.dumps(row)] += 1
    rows = [[*json.loads(row), count] for row, count in unenforced.items()]
    return {"enforced": enforced, "unenforced": rows, "without": without}


class Walk:
    """Tries the cases of one service."""

    def __init__(self, model: Any, checks: RequestChecks) -> None:
        self._model = model
        self._checks = checks

    def holds(self, case: Case) -> bool:
        """Whether the value on one side is let through, and that on the other isn't."""
        good, bad = case.requests()
        if case.exemption:
            return False
        operation = self._model.operation_model(case.operation)
        return not self._refuses(case, operation, good) and self._refuses(
            case, *self._sent(case, bad)
        )

    def _sent(self, case: Case, request: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """What a request is to LocalStack when it has gone over the wire."""
        try:
            context = create_aws_request_context(case.service, case.operation, parameters=request)
            operation, parsed = create_parser(self._model, context.protocol).parse(context.request)
        except (KeyError, OperationNotFoundParserError):
            raise Unsendable(IN_URL) from None
        except UnknownParserError:
            raise Unsendable(TOO_LARGE) from None
        if operation.name != case.operation:
            raise Unsendable(REPLACED if operation.name.startswith(case.operation) else IN_URL)
        return operation, dict(parsed)

    def _refuses(self, case: Case, operation: Any, request: dict[str, Any]) -> bool:
        check = self._checks.of(case.service, operation)
        found: list[Violation] = []
        if check is not None and check.model is not None:
            check.model(request, (), found)
        return any(_is_of(case, one) for one in found)


def _is_of(case: Case, violation: Violation) -> bool:
    """Whether a violation is of the constraint that a case is about."""
    names = [name for name in case.path if name not in ELEMENTS]
    at = [name for name in violation.members if not name.endswith(".member")]
    shape = case.shapes[-1]
    if "required" in violation.kinds and at[: len(names)] == names:
        # A body without anything is read as an empty structure, which lacks what is in it; in the
        # query protocol an empty list is none.
        return case.kind == "required" or (case.kind == "min" and shape.type_name == "list")
    if case.kind not in violation.kinds or at != names:
        return False
    is_simple = shape.type_name not in ("structure", "list", "map")
    says = ELEMENTS.get(case.path[-1], "") if is_simple and case.kind != "required" else ""
    if says:
        return violation.sentence.startswith(says)
    return "satisfy constraint:" not in violation.sentence


if __name__ == "__main__":
    json.dump(walk(), sys.stdout)
