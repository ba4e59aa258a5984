"""How a Choice decides."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from mailroom_localstack.patches import patch

CHOICE = "localstack.services.stepfunctions.asl.component.state.state_choice"
PART = re.compile(r"\\(?P<escaped>[*\\])|(?P<any>\*)|(?P<text>.)", re.DOTALL)


@patch(f"{CHOICE}.state_choice:StateChoice._eval_state")
def name_missing_choice(original: Any, choice: Any, env: Any) -> None:
    """Fail an execution with `States.NoChoiceMatched` when no rule matches.

    LocalStack: fails it with `States.Runtime`.

    AWS: names the error `States.NoChoiceMatched`.
    https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html

    Test: tests/parity/test_states.py
    test_a_choice_of_which_no_rule_matches_has_an_error_of_its_own
    """
    try:
        original(choice, env)
    except RuntimeError as error:
        if choice.default_state is not None or "No branching option" not in str(error):
            raise
        raise _no_choice(choice.name, env) from None


@patch(f"{CHOICE}.comparison.operator.implementations.string_operators:StringMatches._compare")
def match_escapes(original: Any, variable: Any, pattern: str) -> bool:
    r"""Compare by a pattern in which `*` alone is special, and `\\*` is an asterisk.

    LocalStack: compares as a shell does, without escapes: `?` and `[a]` are special, too.

    AWS: has `*` for any characters, and a backslash before `*` and itself.
    https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html

    Test: tests/parity/test_states.py::test_a_pattern_of_a_choice_has_asterisks_and_escapes
    """
    return isinstance(variable, str) and _expression(pattern).fullmatch(variable) is not None


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    parts = (
        ".*" if part["any"] else re.escape(part["escaped"] or part["text"])
        for part in PART.finditer(pattern)
    )
    return re.compile("".join(parts), re.DOTALL)


def _no_choice(name: str, env: Any) -> Exception:
    from localstack.aws.api.stepfunctions import HistoryEventType
    from localstack.services.stepfunctions.asl.component.common.error_name import (
        failure_event,
        states_error_name,
        states_error_name_type,
    )

    kind = states_error_name_type.StatesErrorNameType.StatesNoChoiceMatched
    cause = (
        f"An error occurred while executing the state '{name}'. Failed to transition out of the"
        " state: none of its Choices matches, and it has no Default."
    )
    error: Exception = failure_event.FailureEventException(
        failure_event.FailureEvent(
            env=env,
            error_name=states_error_name.StatesErrorName(typ=kind),
            event_type=HistoryEventType.ExecutionFailed,
            event_details={
                "executionFailedEventDetails": {"error": kind.to_name(), "cause": cause}
            },
        )
    )
    return error
