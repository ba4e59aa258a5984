"""Validates files with the functions' own code, before anything is sent."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailroom.errors import MailroomError, Refused
from mailroom.packaging.dependencies import RUNTIME
from mailroom.packaging.live import live_code
from mailroom.project import Project


@dataclass(frozen=True)
class Report:
    """What is in a file of messages, and what is wrong with it.

    Attributes:
        valid: How many events it holds.
        duplicates: How many repeat an earlier event of the file to the letter.
        exact_inline: Whether a state machine's JSON keeps every number as it is.
        problem_count: How many problems there are.
        problems: The first of them: each names file, line, field and reason.
    """

    valid: int
    duplicates: int
    exact_inline: bool
    problem_count: int
    problems: list[str]


def validate_file(project: Project, path: Path, shown_as: str) -> Report:
    """Check every line of a JSON Lines file.

    The functions' validator runs as a process of Lambda's runtime, so that what is accepted
    here is what PublishMessagesFunction accepts.

    Args:
        project: The checkout.
        path: The file.
        shown_as: Its name in messages.

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
        report = json.loads(run.stdout)
    except json.JSONDecodeError:
        raise MailroomError("the validator failed", run.stderr.strip()) from None
    problems = [
        f"{shown_as}:{problem['line']}: {problem['field']}: {problem['reason']}"
        for problem in report["problems"]
    ]
    count = report["problemCount"]
    return Report(report["valid"], report["duplicates"], report["exactInline"], count, problems)


def refuse_problems(reports: Sequence[Report]) -> None:
    """Refuse files that have any problem, and name those of all of them.

    Raises:
        Refused: The hint lists file, line, field and reason.
    """
    count = sum(report.problem_count for report in reports)
    if not count:
        return
    listed = [problem for report in reports for problem in report.problems]
    if count > len(listed):
        listed.append(f"… and {count - len(listed)} more")
    plural = "s" if count > 1 else ""
    raise Refused(f"{count} problem{plural}; nothing was sent", "\n".join(listed))
