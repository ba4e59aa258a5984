"""What AWS would refuse of the definitions, found before they are deployed here.

The checks take seconds and are pure: what they find is kept by the digest of all that they read.
"""

import hashlib
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from mailroom.errors import MailroomError, Refused
from mailroom.progress import Progress
from mailroom.project import Project

_MODULE = "mailroom.checking.before_deployment"
_KEPT = 50
_SHOWN = 5


class Part(StrEnum):
    """What is checked, and kept, by itself."""

    template = "template"
    machines = "machines"


@dataclass(frozen=True)
class Said:
    """A finding: where, by which rule, what, and whether AWS would refuse the deployment for it."""

    at: str
    rule: str
    message: str
    refused: bool

    def __str__(self) -> str:
        return f"{self.at}: {self.message} ({self.rule})"


class DefinitionChecks:
    """The checks of one checkout's definitions.

    Args:
        project: The checkout.
        region: Where the definitions are deployed.
    """

    def __init__(self, project: Project, region: str) -> None:
        self._project = project
        self._region = region
        # Beside what `make install` makes, as it outlives each environment's state.
        self._kept = project.root / ".envs" / "checked"
        self._digests = {part: self._digest(part) for part in Part}
        self._found = {part: self._load(digest) for part, digest in self._digests.items()}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()

    def refuse(self) -> None:
        """Refuse what is known until now: at first, what was checked before.

        Raises:
            Refused: AWS would refuse the definitions; each place is named.
        """
        refusals = [one for found in self._found.values() for one in found or [] if one.refused]
        if refusals:
            places = "\n".join(f"  {one}" for one in refusals)
            raise Refused(
                f"AWS would refuse the definitions:\n{places}",
                "mailroom check says more; nothing was deployed",
            )

    def start(self) -> None:
        """Begin with what was not checked before; leaving the context ends it."""
        missing = [part.value for part, found in self._found.items() if found is None]
        if missing:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _MODULE, self._project.root, self._region, *missing],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    def finish(self, progress: Progress) -> None:
        """Wait for their end, and name what AWS takes and `mailroom check` would not.

        Raises:
            Refused: AWS would refuse the definitions; each place is named.
        """
        with progress.step("Checks") as step:
            if self._process:
                self._receive(self._process, progress)
            self.refuse()
            warnings = [one for found in self._found.values() for one in found or []]
            if warnings:
                step.result = f"{len(warnings)} to look at"
            elif all(found is not None for found in self._found.values()):
                step.result = "nothing AWS would refuse"
        for one in warnings[:_SHOWN]:
            progress.warn(str(one))
        if warnings:
            progress.warn("mailroom check says what becomes of it in AWS, and finds more")

    def _receive(self, process: subprocess.Popen[str], progress: Progress) -> None:
        said, complaint = process.communicate()
        if process.returncode == Refused.exit_code:
            # The deployment refuses what it can't read itself, in its own words.
            progress.warn(f"not checked: {complaint.strip()}")
            return
        if process.returncode:
            raise MailroomError("the definitions could not be checked", complaint.strip())
        for part, found in json.loads(said).items():
            self._found[Part(part)] = [Said(**one) for one in found]
            self._save(Part(part))

    def _digest(self, part: Part) -> str:
        """Of the definitions, and of the code that checks them."""
        root, template = self._project.root, self._project.template
        source = Path(__file__).parents[1]
        code = (source / "checking", root / "rules")
        checking = sorted(path for folder in code for path in folder.rglob("*.py"))
        read = [template, root / "requirements.txt", *checking]
        if part is Part.machines:
            infra = template.parent
            apart = (infra / "environments", infra / "migrations")
            files = [path for path in sorted(infra.rglob("*")) if path.is_file()]
            read += [path for path in files if not any(path.is_relative_to(one) for one in apart)]
        digest = hashlib.sha256(f"{part}\n{self._region}\n".encode())
        for path in read:
            content = path.read_bytes() if path.is_file() else b""
            digest.update(f"{path.name}\n{len(content)}\n".encode() + content)
        return digest.hexdigest()

    def _load(self, digest: str) -> list[Said] | None:
        try:
            return [Said(**one) for one in json.loads((self._kept / digest).read_text())]
        except (OSError, ValueError, TypeError):
            return None

    def _save(self, part: Part) -> None:
        # What can't be kept is checked again the next time.
        with suppress(OSError):
            self._kept.mkdir(parents=True, exist_ok=True)
            # Another checkout may be about to keep the same.
            draft = self._kept / f"{self._digests[part]}.{os.getpid()}"
            draft.write_text(json.dumps([asdict(one) for one in self._found[part] or []]))
            draft.replace(self._kept / self._digests[part])
            by_age = sorted(self._kept.iterdir(), key=lambda path: path.stat().st_mtime)
            for path in by_age[:-_KEPT]:
                path.unlink(missing_ok=True)
