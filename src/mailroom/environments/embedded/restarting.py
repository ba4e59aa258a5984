"""Whether a LocalStack that runs has to be started anew, and may be."""

import os
from collections.abc import Mapping

from mailroom.environments.embedded.engine import what_a_restart_loses
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.state import State
from mailroom.errors import Refused
from mailroom.progress import Progress

_ANYWAY = "restart it in spite of that: mailroom up --restart"


def given_mode(iam: str | None) -> str | None:
    """The IAM mode that was asked for, by option or by MAILROOM_IAM; None when none was."""
    return iam or os.environ.get("MAILROOM_IAM") or None


def restart_reason(
    embedded: EmbeddedEnvironment,
    state: State,
    parts: Mapping[str, str],
    iam: str | None,
    restart: bool,
    progress: Progress,
) -> str:
    """Why LocalStack has to be started anew; empty when it goes on as it is.

    Args:
        embedded: The environment, in which LocalStack runs.
        state: What is known of it.
        parts: `engine_parts`, as they are now.
        iam: The IAM mode that was asked for.
        restart: Whether a restart was asked for, whatever is lost.
        progress: Told that a restart would be needed, where LocalStack goes on with messages that
            it would lose.

    Raises:
        Refused: Another IAM mode was asked for, and a restart would lose messages or executions.
    """
    mode = given_mode(iam)
    changed = [what for what, digest in parts.items() if state.engine.get(what) != digest]
    reasons = [f"{', '.join(changed)} changed since it started"] if changed else []
    if mode and mode != state.iam:
        reasons.append(f"its IAM mode is {state.iam or 'unknown'}, and {mode} was asked for")
    if restart:
        return "; ".join(reasons) or "--restart"
    lost = what_a_restart_loses(embedded.environment(state)) if reasons else ""
    if not lost:
        return "; ".join(reasons)
    if mode and mode != state.iam:
        raise Refused(
            f"--iam={mode} needs a restart of LocalStack, which would lose {lost}", _ANYWAY
        )
    progress.tell(
        f"LocalStack goes on as it was, though {reasons[0]}: a restart would lose {lost}; {_ANYWAY}"
    )
    return ""
