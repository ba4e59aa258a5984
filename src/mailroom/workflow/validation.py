"""Validates files with the functions' own code, before anything is sent."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mailroom.errors import MailroomError, Refused
from mailroom.packaging.dependencies import RUNTIME
from mailroom.packaging.live import live_code
from mailroom.project import Project


@dataclass(frozen=True)
class Report:
    """What is in a file of messages.

    Attributes:
        valid: How many events it holds.
        types: How many of each type.
        duplicates: How many repeat an earlier event of the file to the letter.
        exact_inline: Whether a state machine's JSON keeps every number as it is.
    """

    valid: int
    types: dict[str, int]
    duplicates: int
    exact_inline: bool


def validate_file(project: Project, path: Path, shown_as: str) -> Report:
    """Check every line of a JSON Lines file.

    The functions' validator runs as a process of Lambda's runtime, so that what is accepted
    here is what PublishMessagesFunction accepts.

    Args:
        project: The checkout.
        path: The file.
        shown_as: Its name in messages.

    Raises:
        Refused: A line is no valid message; the hint lists lines and fields.
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
    if report["problemCount"]:
        raise Refused(_headline(report, shown_as), "\n".join(_listed(report, shown_as)))
    return Report(report["valid"], report["types"], report["duplicates"], report["exactInline"])


def _headline(report: dict[str, int], shown_as: str) -> str:
    count = report["problemCount"]
    return f"{shown_as}: {count} problem{'s' if count > 1 else ''}; nothing was sent"


def _listed(report: dict[str, list[dict[str, str]]], shown_as: str) -> list[str]:
    problems = report["problems"]
    listed = [f"{shown_as}:{p['line']}: {p['field']}: {p['reason']}" for p in problems]
    unlisted = int(str(report["problemCount"])) - len(problems)
    return [*listed, f"… and {unlisted} more"] if unlisted else listed
