"""Which resources an action can be granted on, by AWS's service authorization reference.

`reference.json` is derived from it: see `mailroom_rules.reference.derive`.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("reference.json")


def resource_types(action: str) -> frozenset[str] | None:
    """The ARNs that a policy's Resource can name for an action.

    Args:
        action: such as `sns:Publish`, in any case, without wildcards.

    Returns:
        ARNs as the reference has them: `arn:${Partition}:sns:${Region}:${Account}:${TopicName}`.
        None of them if the action supports no resource type: only `*` grants it. None if the
        action isn't in our part of the reference.
    """
    return _reference().get(action.lower())


@cache
def _reference() -> dict[str, frozenset[str]]:
    document: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text())
    return {
        f"{service}:{action}".lower(): frozenset(arns.split())
        for service, grouped in document.items()
        for arns, actions in grouped.items()
        for action in actions
    }
