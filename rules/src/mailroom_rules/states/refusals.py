"""What CreateStateMachine, UpdateStateMachine and ValidateStateMachineDefinition refuse.

Of what the checks find, AWS's errors are those that a source is sure of: AWS's pages, the schema
that cfn-lint has of AWS, or errors of AWS in public reports.
"""

from collections.abc import Callable, Iterator
from typing import Any

from mailroom_rules.states.definition import Definition, Diagnostic
from mailroom_rules.states.error_handling import error_handling
from mailroom_rules.states.fields import choice_rules, fields, names
from mailroom_rules.states.graph import diagnose, no_terminal
from mailroom_rules.states.integrations import resources
from mailroom_rules.states.paths import intrinsics, json_paths, template_suffix
from mailroom_rules.states.values import values

# `diagnose` has the rest of what is about transitions, in AWS's order.
_CHECKS: tuple[Callable[[Definition], Iterator[Diagnostic]], ...] = (
    *(fields, names, choice_rules, values, json_paths, intrinsics, template_suffix),
    *(error_handling, resources),
)


def refusals(body: dict[str, Any], *, express: bool = False) -> list[Diagnostic]:
    """What AWS refuses in a definition; nothing if it takes it.

    Raises:
        AttributeError, TypeError: Parts of it have other types than a definition's.
    """
    definition = Definition(body, express)
    found = [one for check in _CHECKS for one in check(definition) if one.certain]
    found += [one for one in no_terminal(definition) if one.sentence is None]
    return [*found, *diagnose(body)]
