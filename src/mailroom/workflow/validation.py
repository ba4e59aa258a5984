"""Validates files with the functions' code before messages are sent."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.errors import MailroomError, Refused
from mailroom.packaging.code import live_code
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project
from mailroom.wording import counted

_FEW = 2


@dataclass(frozen=True)
class Report:
    """The counts of a file's messages, and their problems.

    Attributes:
        valid: Number of valid events.
        duplicates: Number of events that are identical to an earlier one.
        exact_inline: Whether a state machine's JSON represents every number exactly.
        problem_count: Number of problems.
        problems: The first ones: each names file, line, field and reason.
    """

    valid: int
    duplicates: int
    exact_inline: bool
    problem_count: int
    problems: list[str]


def validate_file(project: Project, path: Path, shown_as: str) -> Report:
    """Check every line of a JSON Lines file.

    The functions' validator runs in a process with Lambda's interpreter, so that it accepts what
    PublishMessagesFunction accepts.

    Args:
        project: The checkout.
        path: The file.
        shown_as: Its name in problems.

    Raises:
        MailroomError: The validator itself failed.
    """
    run = subprocess.run(
        [project.interpreter(RUNTIME), "-m", "messages.validate", path],
        cwd=live_code(project).key,
        capture_output=True,
        text=True,
    )
    try:
        return parse_report(json.loads(run.stdout), shown_as)
    except json.JSONDecodeError:
        raise MailroomError("the validator failed", run.stderr.strip()) from None


def parse_report(report: dict[str, Any], shown_as: str) -> Report:
    """The report of a file that the functions' validator prints; its problems name the file."""
    problems = [
        f"{shown_as}:{problem['line']}: {problem['field']}: {problem['reason']}"
        for problem in report["problems"]
    ]
    count = report["problemCount"]
    return Report(report["valid"], report["duplicates"], report["exactInline"], count, problems)


def refuse_problems(reports: Sequence[Report], causes: Sequence[str] = ()) -> None:
    """Check that no file has a problem.

    Args:
        reports: The report of each file.
        causes: Their likely causes, which are said first. Then a few problems are enough.

    Raises:
        Refused: One has; the hint lists file, line, field and reason of each problem.
    """
    count = sum(report.problem_count for report in reports)
    if not count:
        return
    listed = [problem for report in reports for problem in report.problems]
    if causes:
        listed = listed[:_FEW]
    if count > len(listed):
        listed.append(f"… and {count - len(listed)} more")
    raise Refused(f"{counted(count, 'problem')}; nothing was sent", "\n".join([*causes, *listed]))
