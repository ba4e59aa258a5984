"""The lock of the functions' dependencies: functions/requirements.txt, made of requirements.in."""

import re
import subprocess
from pathlib import Path

from mailroom.errors import MailroomError, Refused
from mailroom.project import Project

LOCK_HINT = "lock it, the other versions stay: mailroom lock"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


def require_locked(project: Project) -> None:
    """Check that functions/requirements.txt has what functions/requirements.in asks for.

    Raises:
        Refused: A requirement is missing or has another version, or a line is no requirement.
    """
    missing = unlocked(project.functions)
    if missing:
        raise Refused(
            f"functions/requirements.in asks for {', '.join(missing)}, which"
            " functions/requirements.txt does not have",
            LOCK_HINT,
        )


def unlocked(folder: Path) -> list[str]:
    """The requirements of a folder's requirements.in that its requirements.txt does not have.

    Extras aren't compared, as a lock has their packages and not their names.

    Raises:
        Refused: A line is no requirement.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    asked = folder / "requirements.in"
    if not asked.exists():
        return []
    pins = {canonicalize_name(name): version for name, version in pinned(folder).items()}
    missing = []
    for number, line in enumerate(asked.read_text().splitlines(), start=1):
        text = line.partition(" #")[0].strip()
        if not text or text.startswith(("#", "-")):
            continue
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = str(error).partition("\n")[0]
            raise Refused(f"functions/requirements.in:{number}: {text}: {reason}") from error
        version = pins.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            missing.append(text)
    return missing


def pinned(folder: Path) -> dict[str, str]:
    """The versions in a folder's requirements.txt, by name."""
    lock = folder / "requirements.txt"
    return dict(_PIN.findall(lock.read_text())) if lock.exists() else {}


def lock_functions(project: Project, upgrade: bool) -> list[str]:
    """Bring functions/requirements.txt up to date with functions/requirements.in.

    Args:
        project: The checkout.
        upgrade: Take the newest versions; otherwise those in the lock stay where they can.

    Returns:
        What has changed, a line for each package.

    Raises:
        MailroomError: uv found no versions; the hint is its message.
    """
    before = pinned(project.functions)
    options = ["--upgrade"] if upgrade else []
    run = subprocess.run(
        [project.root / "scripts" / "lock.sh", *options, "functions"],
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise MailroomError("functions/requirements.in could not be locked", run.stderr.strip())
    after = pinned(project.functions)
    return [
        f"{name}: {before.get(name, 'none')} → {after.get(name, 'none')}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
