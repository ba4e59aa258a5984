"""Whether an ARN with wildcards, as a policy names it, can be one of an action's resources."""

import re
from functools import cache

from mailroom_rules.arn import parse_arn
from mailroom_rules.reference import resource_types

_VARIABLE = re.compile(r"\$\{[^}]*\}")


def can_grant(action: str, resource: str) -> bool:
    """Whether a statement on a resource can grant an action.

    Args:
        action: One with wildcards may be any.
        resource: `*` or an ARN; wildcards, and variables as `Fn::Sub` has them, are anything.

    Returns:
        True too if the service authorization reference that we have doesn't have the action.
    """
    types = resource_types(action)
    if types is None or resource == "*":
        return True
    return any(_can_be(_VARIABLE.sub("*", resource), arn) for arn in types)


def _can_be(resource: str, arn: str) -> bool:
    """Whether what a pattern stands for and what the reference's ARN stands for overlap."""
    own, theirs = parse_arn(resource), parse_arn(arn)
    if own is None or theirs is None:
        return "*" in resource
    # A bucket's name has no slash: with one, an ARN names objects.
    if theirs.resource == "${BucketName}" and "/" in own.resource:
        return False
    return all(
        _overlap(mine, _VARIABLE.sub("*", other)) for mine, other in zip(own, theirs, strict=True)
    )


@cache
def _overlap(left: str, right: str) -> bool:
    """Whether a text exists that both patterns match."""
    if not left or not right:
        return not (left + right).strip("*")
    if left[0] == "*":
        return _overlap(left[1:], right) or _overlap(left, right[1:])
    if right[0] == "*":
        return _overlap(left, right[1:]) or _overlap(left[1:], right)
    return (left[0] == right[0] or "?" in (left[0], right[0])) and _overlap(left[1:], right[1:])
