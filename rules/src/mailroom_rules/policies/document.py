"""Policy documents as JSON has them: most elements take one value or a list of values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mailroom_rules.policies.template import wildcard_matcher


class MalformedPolicyError(ValueError):
    """A document is not an IAM policy: AWS rejects it as `MalformedPolicyDocument`."""

    code = "MalformedPolicyDocument"


def as_list(value: Any) -> list[Any]:
    """An element that takes one value or a list, as a list; empty if it is missing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def statements_of(document: Mapping[str, Any]) -> list[Any]:
    """The statements of a policy document, in order."""
    return as_list(document.get("Statement"))


def principals_of(element: Any) -> dict[str, list[Any]]:
    """What a Principal or NotPrincipal element lists, by type: `AWS`, `Service` and so on.

    `"*"` is the same as `{"AWS": "*"}`. An element of another form names no principal.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if element == "*":
        return {"AWS": ["*"]}
    if not isinstance(element, Mapping):
        return {}
    return {type: as_list(names) for type, names in element.items()}


def action_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Compile actions with wildcards; the result takes an action in lower case."""
    lowered = [pattern.lower() for pattern in patterns]
    exact = frozenset(action for action in lowered if "*" not in action and "?" not in action)
    wild = [wildcard_matcher((action,)) for action in lowered if action not in exact]
    return lambda action: action in exact or any(matches(action) for matches in wild)


def is_action_among(action: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns stands for an action; case doesn't count."""
    return action_matcher(patterns)(action.lower())
