"""No code names a message type: it is declared in its folder, and everything else follows."""

import re
import subprocess
from pathlib import Path

from mailroom.project import Project
from mailroom.types.described import FOLDER, read_types

ROOT = Project.find().root
TYPES = [one.name for one in read_types(Project.find())]
CODE = ("src", "functions", "infra", "rules", "emulator", "scripts", "benchmarks", "Makefile")
GENERATED = re.compile(
    r"^ *# types: begin (\S+)\n.*?^ *# types: end \1\n", re.MULTILINE | re.DOTALL
)
# Applied long ago, so that it can't change; the whole state machine of branches is generated.
LEFT_OUT = {"infra/migrations/0001.messages.sql", "infra/asl.json"}
# Words of others: an ARIA role, a sentence of S3's, a module of LocalStack's, a page of AWS's.
OTHERS = (
    'role="alert"',
    "The event is not supported for notifications",
    "localstack.services.s3.notifications",
    "_submit_notification",
    "notification-content-structure.html",
)


def code() -> list[Path]:
    """The files that git knows, but those of the types' own folders."""
    listed = subprocess.check_output(["git", "ls-files", *CODE], cwd=ROOT, text=True).splitlines()
    own = f"functions/{FOLDER}/"
    return [ROOT / file for file in listed if not file.startswith(own) and file not in LEFT_OUT]


def test_no_code_names_a_type() -> None:
    word = re.compile("|".join(TYPES))
    found = []
    for file in code():
        try:
            text = GENERATED.sub("", file.read_text())
        except UnicodeDecodeError:
            continue
        for other in OTHERS:
            text = text.replace(other, "")
        found += [
            f"{file.relative_to(ROOT)}: {line}" for line in text.splitlines() if word.search(line)
        ]

    assert found == []
