"""Everything that is known of an operation's requests, compiled when it is first called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailroom_rules.limits.compiling import Check, Compiler
from mailroom_rules.limits.errors import error_of
from mailroom_rules.limits.rules import Rule, rules_of

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from mailroom_rules.limits.refusal import Refusal
    from mailroom_rules.limits.violation import Violation

# The services that ordinary applications use, whose models were compared with their documentation.
SERVICES = (
    *("events", "iam", "lambda", "logs", "s3", "secretsmanager", "sns", "sqs", "ssm"),
    "stepfunctions",
)


@dataclass(frozen=True, slots=True)
class RequestCheck:
    """Checks the requests of one operation.

    Attributes:
        batch: name of the list whose entries fail alone; None if there is none.
    """

    service: str
    operation: OperationModel
    model: Check | None
    rules: Sequence[Rule]
    entry_rules: Sequence[Rule]
    batch: str | None

    def refusal(self, request: Mapping[str, Any]) -> Refusal | None:
        """The error for a request: for what its model holds first, as the services do."""
        if self.model is not None:
            found: list[Violation] = []
            self.model(request, (), found)
            if found:
                return error_of(self.service, self.operation, found)
        for rule in self.rules:
            if refusal := rule.refusal(request):
                return refusal
        return None

    def refused_entries(self, request: Mapping[str, Any]) -> dict[int, Refusal]:
        """The errors for entries of a batch, by their place in it, from 0."""
        if self.batch is None:
            return {}
        return {
            index: refusal
            for index, entry in enumerate(request.get(self.batch) or ())
            if (refusal := self._refusal_of_entry(entry))
        }

    def _refusal_of_entry(self, entry: Mapping[str, Any]) -> Refusal | None:
        return next((found for rule in self.entry_rules if (found := rule.refusal(entry))), None)


class RequestChecks:
    """The checks of all operations, each compiled when it is asked for."""

    def __init__(self) -> None:
        """Starts with none."""
        self._compilers = {service: Compiler(service) for service in SERVICES}
        self._checks: dict[tuple[str, str], RequestCheck | None] = {}

    def of(self, service: str, operation: OperationModel) -> RequestCheck | None:
        """The check of an operation's requests; None if there is nothing to check."""
        key = service, operation.name
        if key not in self._checks:
            self._checks[key] = self._compiled(service, operation)
        return self._checks[key]

    def _compiled(self, service: str, operation: OperationModel) -> RequestCheck | None:
        compiler = self._compilers.get(service)
        if compiler is None:
            return None
        rules = rules_of(service, operation.name)
        model = compiler.compile(operation)
        if model is None and not rules:
            return None
        batch = next((rule.batch for rule in rules if rule.batch), None)
        return RequestCheck(
            service,
            operation,
            model,
            [rule for rule in rules if not rule.batch],
            [rule for rule in rules if rule.batch],
            batch,
        )
