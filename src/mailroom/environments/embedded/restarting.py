"""Decides whether a running LocalStack must be restarted, and may be."""

import os
from collections.abc import Mapping

from mailroom.environments.embedded.engine import what_a_restart_loses
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.state import State
from mailroom.errors import Refused
from mailroom.progress import Progress

_ANYWAY = "restart it anyway: mailroom up --restart"


def given_mode(iam: str | None) -> str | None:
    """The IAM mode given by option or MAILROOM_IAM; None when there is none."""
    return iam or os.environ.get("MAILROOM_IAM") or None


def restart_reason(
    embedded: EmbeddedEnvironment,
    state: State,
    parts: Mapping[str, str],
    iam: str | None,
    restart: bool,
    progress: Progress,
) -> str:
    """Why LocalStack must be restarted; empty when it continues.

    Args:
        embedded: The environment; its LocalStack runs.
        state: Its state.
        parts: The current `engine_parts`.
        iam: The IAM mode of the option.
        restart: Whether the option asks for a restart.
        progress: Shows that a restart is due, when LocalStack continues because of messages that
            a restart would lose.

    Raises:
        Refused: The option asks for another IAM mode, and a restart would lose messages or
            executions.
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
        f"LocalStack is not restarted, though {reasons[0]}: that would lose {lost}; {_ANYWAY}"
    )
    return ""
