"""Patterns of ARNs, as the Resource element and the ARN operators take them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import re
from collections.abc import Callable
from functools import lru_cache

from mailroom_rules.arn import COMPONENTS
from mailroom_rules.policies.context import Context
from mailroom_rules.policies.template import (
    Literal,
    Template,
    UnresolvedVariableError,
    tokens,
    wildcard_regex,
)

WITH_RESOURCE_TYPES = frozenset(
    {"cloudwatch", "dynamodb", "iam", "kms", "lambda", "logs", "secretsmanager", "states", "sts"}
)
TYPE_END = re.compile(r"[:/](?![^${}]*\})")
COLON_OUTSIDE_VARIABLE = re.compile(r":(?![^${}]*\})")


class ArnPattern:
    """An ARN in a policy, with wildcards and variables.

    A wildcard in one of the first five of the six components stays within it; in the last it
    reaches over any colon that follows.
    """

    __slots__ = ("_matches", "_template")

    def __init__(self, text: str, *, variables: bool, never: bool = False) -> None:
        """Compile a pattern; one that can `never` match is kept as such."""
        self._template: Template | None = Template.parse(text, variables=variables)
        self._matches: Callable[[str], bool] | None = None
        if never:
            self._matches = lambda _: False
        elif self._template.static:
            self._matches = arn_matcher(self._template.resolve({}))
            self._template = None

    def matches(self, arn: str, context: Context) -> bool:
        """Whether `arn` is one of those that the pattern stands for.

        Raises:
            UnresolvedVariableError: a variable has no value, so that nothing can match.
        """
        if self._matches is not None:
            return self._matches(arn)
        if self._template is None:
            raise UnresolvedVariableError
        return arn_matcher(self._template.resolve(context))(arn)


@lru_cache(maxsize=4096)
def arn_matcher(pieces: tuple[str | Literal, ...]) -> Callable[[str], bool]:
    """Compile an ARN pattern whose variables are filled in."""
    if pieces == ("*",):
        return lambda _: True
    if not any(isinstance(piece, str) and ("*" in piece or "?" in piece) for piece in pieces):
        plain = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
        return lambda arn: arn == plain
    parts = tokens(pieces)
    colons = 0
    before: list[int] = []
    for part in parts:
        before.append(colons)
        colons += part.text.count(":") if isinstance(part, Literal) else 0
    last = min(colons, COMPONENTS - 1)
    source = wildcard_regex(parts, lambda index: "." if before[index] >= last else "[^:]")
    fullmatch = re.compile(source, re.DOTALL).fullmatch
    return lambda arn: fullmatch(arn) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether a policy's pattern stands for an ARN; one with a variable stands for none."""
    try:
        return ArnPattern(pattern, variables=True).matches(arn, {})
    except UnresolvedVariableError:
        return False


def is_doubtful(pattern: str) -> bool:
    """Whether AWS says that a Resource cannot be written like this.

    No variable before the fifth colon, and no wildcard in the resource's type.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    parts = COLON_OUTSIDE_VARIABLE.split(pattern, maxsplit=COMPONENTS - 1)
    if any("${" in part for part in parts[: COMPONENTS - 1]):
        return True
    if len(parts) < COMPONENTS or parts[2] not in WITH_RESOURCE_TYPES or parts[5] == "*":
        return False
    resource_type = TYPE_END.split(parts[5], maxsplit=1)[0]
    return any(character in resource_type for character in "*?$")


def is_complete(pattern: str) -> bool:
    """Whether an ARN or a pattern has all six components."""
    return len(COLON_OUTSIDE_VARIABLE.findall(pattern)) >= COMPONENTS - 1
