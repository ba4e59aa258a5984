"""Decides whether a running LocalStack must be restarted, and may be."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from mailroom.environments.embedded.engine import what_a_restart_loses
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.state import State
from mailroom.environments.up_options import UpOptions
from mailroom.errors import Refused
from mailroom.progress import Progress

_ANYWAY = "restart it anyway: mailroom up --restart"


@dataclass(frozen=True)
class Modes:
    """The modes of LocalStack that were asked for; None of those that were not.

    Attributes:
        iam: `enforce`, `observe` or `off`.
        durability: `on` or `off`.
    """

    iam: str | None
    durability: str | None

    @classmethod
    def given(cls, options: UpOptions) -> Self:
        """Those that were given by options, else by MAILROOM_IAM and MAILROOM_DURABILITY."""
        return cls(
            options.iam or os.environ.get("MAILROOM_IAM") or None,
            options.durability or os.environ.get("MAILROOM_DURABILITY") or None,
        )

    def others(self, state: State) -> list[str]:
        """What was asked for, and a running LocalStack has not: as options, each with why."""
        asked = {"iam": ("its IAM mode", self.iam, state.iam)}
        asked["durability"] = ("its durability", self.durability, state.durability)
        return [
            f"{what} is {now or 'unknown'}, and --{option}={mode} was asked for"
            for option, (what, mode, now) in asked.items()
            if mode and mode != now
        ]


def restart_reason(
    embedded: EmbeddedEnvironment,
    state: State,
    parts: Mapping[str, str],
    modes: Modes,
    restart: bool,
    progress: Progress,
) -> str:
    """Why LocalStack must be restarted; empty when it continues.

    Args:
        embedded: The environment; its LocalStack runs.
        state: Its state.
        parts: The current `engine_parts`.
        modes: Those that were asked for.
        restart: Whether the option asks for a restart.
        progress: Shows that a restart is due, when LocalStack continues because of messages that
            a restart would lose.

    Raises:
        Refused: Another mode was asked for, and a restart would lose messages or executions.
    """
    changed = [what for what, digest in parts.items() if state.engine.get(what) != digest]
    reasons = [f"{', '.join(changed)} changed since it started"] if changed else []
    others = modes.others(state)
    reasons += others
    if restart:
        return "; ".join(reasons) or "--restart"
    lost = "" if not reasons else what_a_restart_loses(embedded.environment(state), state.durable)
    if not lost:
        return "; ".join(reasons)
    if others:
        raise Refused(
            f"LocalStack needs a restart, as {' and '.join(others)}; that would lose {lost}",
            _ANYWAY,
        )
    progress.tell(
        f"LocalStack is not restarted, though {reasons[0]}: that would lose {lost}; {_ANYWAY}"
    )
    return ""
