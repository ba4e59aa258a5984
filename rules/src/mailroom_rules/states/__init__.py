"""The rules of the Amazon States Language that CreateStateMachine applies.

Each check is a function of a definition alone. `mailroom check` runs all of them, and names the
line of the file that each path leads to; the emulator refuses what `refusals` finds when a state
machine is created or updated.
"""

from mailroom_rules.states.definition import (
    Check,
    Definition,
    Diagnostic,
    Path,
    Scope,
    State,
)
from mailroom_rules.states.error_handling import error_handling
from mailroom_rules.states.fields import choice_rules, fields, names
from mailroom_rules.states.graph import (
    diagnose,
    missing_targets,
    no_terminal,
    refusal_message,
    targets,
    unreachable,
)
from mailroom_rules.states.integrations import (
    integrated_call,
    is_required,
    not_recognized,
    resources,
    sdk_call,
)
from mailroom_rules.states.paths import intrinsics, json_paths, template_suffix
from mailroom_rules.states.refusals import refusals
from mailroom_rules.states.values import values

CHECKS: dict[str, Check] = {
    "state-missing-target": missing_targets,
    "state-unreachable": unreachable,
    "state-no-terminal": no_terminal,
    "state-fields": fields,
    "state-name": names,
    "choice-rule": choice_rules,
    "state-value": values,
    "state-jsonpath": json_paths,
    "state-intrinsic": intrinsics,
    "state-template-suffix": template_suffix,
    "state-error-handling": error_handling,
    "state-resource": resources,
}
"""By the name of the rule of `mailroom check`, what CreateStateMachine rejects."""

__all__ = [
    "CHECKS",
    "Definition",
    "Diagnostic",
    "Path",
    "Scope",
    "State",
    "diagnose",
    "integrated_call",
    "is_required",
    "not_recognized",
    "refusal_message",
    "refusals",
    "sdk_call",
    "targets",
]
