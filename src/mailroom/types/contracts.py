"""Contracts: of the checkout, of a git ref, of a saved document."""

import json
import subprocess
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.types.asyncapi import TABLE, asyncapi
from mailroom.types.comparison import Contract
from mailroom.types.described import FOLDER, describe_folder, read_types


def contract(project: Project) -> Contract:
    """The checkout's contract.

    Raises:
        Refused: A type's folder is wrong.
    """
    return asyncapi(project, read_types(project))


def contract_of(project: Project, place: str) -> Contract:
    """The contract of a file that `mailroom types asyncapi` has printed, or of a git ref.

    Raises:
        Refused: It is neither, or what it has can't be read.
    """
    if Path(place).is_file():
        return parse_contract(Path(place).read_text(), place)
    return _contract_at(project, place)


def parse_contract(text: str, place: str) -> Contract:
    """The contract in a text.

    Raises:
        Refused: It is no contract; the error names the place.
    """
    try:
        document: Contract = json.loads(text)
        tables = [message[TABLE] for message in document["components"]["messages"].values()]
    except (ValueError, KeyError, TypeError, AttributeError):
        tables = [None]
    if not all(tables):
        hint = "such a document is what `mailroom types asyncapi` prints"
        raise Refused(f"{place}: this is no contract of message types", hint)
    return document


def _contract_at(project: Project, ref: str) -> Contract:
    paths = ["functions", str(project.template.relative_to(project.root))]
    run = subprocess.run(
        ["git", "archive", "--format=tar", ref, *paths], cwd=project.root, capture_output=True
    )
    if run.returncode:
        reason = run.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise Refused(f"{ref} is neither a file nor a git ref of this checkout", reason)
    with tempfile.TemporaryDirectory(prefix="mailroom-") as folder:
        root = Path(folder)
        with tarfile.open(fileobj=BytesIO(run.stdout)) as archive:
            archive.extractall(root, filter="data")
        there = Project(root, root / ".mailroom")
        if not (there.functions / FOLDER).is_dir():
            raise Refused(f"{ref} has no folder functions/{FOLDER}")
        described = describe_folder(project, there.functions)
        if described.faults:
            raise Refused(f"the message types of {ref} are wrong", str(described.faults[0]))
        return asyncapi(there, described.types)
