"""`mailroom package`, and `mailroom lock` for its dependencies."""

from enum import StrEnum
from typing import Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.progress import Progress
from mailroom.project import Project


class Architecture(StrEnum):
    """A Lambda architecture."""

    x86_64 = "x86_64"
    arm64 = "arm64"


def package(
    architecture: Annotated[
        Architecture | None, typer.Option(help="Lambda architecture; this machine's by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Package the functions for AWS; the same sources give the same bytes on every machine."""
    from mailroom.packaging.archive import build_archive
    from mailroom.packaging.contents import list_parts, require_platform
    from mailroom.packaging.dependencies import host_architecture

    chosen = architecture.value if architecture else host_architecture()
    with Progress(errors).waiting_for("Packaging"):
        archive = build_archive(Project.find_workflow(), chosen)
    require_platform(archive, chosen)
    parts = list_parts(archive)
    digest = archive.stem.rpartition("-")[2]
    if json:
        show_json(
            {
                "path": str(archive),
                "sha256": digest,
                "architecture": chosen,
                "bytes": sum(part.bytes for part in parts),
                "parts": [part.__dict__ for part in parts],
            }
        )
        return
    show_table(["part", "bytes", "files"], [[p.name, p.bytes, p.files] for p in parts])
    total = sum(part.bytes for part in parts)
    errors.print(f"{total:,} bytes for {chosen}, SHA-256 {digest}\n{archive}", markup=False)


def lock(
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Take the newest versions of all packages.")
    ] = False,
) -> None:
    """Lock what functions/requirements.in asks for; the other versions stay as they are."""
    from mailroom.packaging.locking import lock_functions

    with Progress(errors).waiting_for("Looking for versions"):
        changed = lock_functions(Project.find_workflow(), upgrade)
    for line in changed:
        print(line)
    if changed:
        errors.print("functions/requirements.txt is written; use it here: mailroom up")
    else:
        errors.print("nothing to change")
