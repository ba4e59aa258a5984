"""One row of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mailroom_rules.limits.refusal import Refusal

Request = Mapping[str, Any]
Refuse = Callable[[Any, Request], Refusal | None]


@dataclass(frozen=True)
class Rule:
    """A rule that the service models don't hold.

    Attributes:
        service: its name, as botocore has it.
        operations: the operations whose requests have the member.
        member: path to it, `Environment.Variables`; `Entries[].Subject` in each entry of a batch,
            which fails alone; empty for the request as a whole.
        says: the rule, for a reader.
        page: AWS's page that says so.
        refuse: the error for a value that the rule doesn't allow, None for one that it does. The
            second argument is the request, or the entry, that the member stands in.
    """

    service: str
    operations: tuple[str, ...]
    member: str
    says: str
    page: str
    refuse: Refuse

    @property
    def batch(self) -> str | None:
        """Name of the list whose entries are asked one by one; None if the request is."""
        batch, separator, _ = self.member.partition("[].")
        return batch if separator else None

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The names that lead to the member, from the request or the entry."""
        return tuple(filter(None, self.member.rpartition("[].")[2].split(".")))

    def refusal(self, request: Request) -> Refusal | None:
        """The error for a request or an entry; None if it keeps the rule, or has no such member."""
        value: Any = request
        for name in self.path:
            # A request's structures are dicts, which `isinstance` knows faster than a Mapping.
            value = value.get(name) if isinstance(value, (dict, Mapping)) else None
            if value is None:
                return None
        return self.refuse(value, request)


def validation(value: object, at: str, sentence: str) -> Refusal:
    """The error as AWS gives it for what its models hold."""
    message = f"1 validation error detected: Value '{value}' at '{at}' failed to satisfy"
    return Refusal("ValidationException", f"{message} constraint: {sentence}")
