"""Puts the built code into the template: folders that are reloaded, or zips in a bucket."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mailroom.application.application_template import ApplicationTemplate, Code
from mailroom.application.building import build, forget_others
from mailroom.deployment.template import Template
from mailroom.errors import Refused
from mailroom.packaging.archive import UNZIPPED_LIMIT, write_archive
from mailroom.packaging.code import RELOADED
from mailroom.project import Project

if TYPE_CHECKING:
    import boto3

_SERVERLESS = "AWS::Serverless::"


def live(project: Project, template: ApplicationTemplate) -> dict[str, tuple[str, str]]:
    """Build all code for reloading.

    Returns:
        Bucket and key by logical name.

    Raises:
        MailroomError: A package could not be installed.
    """
    builds = project.state / "build" / "live"
    codes = _on_this_machine(template)
    forget_others(builds, {code.logical_id for code in codes})
    return {
        code.logical_id: (
            RELOADED,
            str(build(project, code, builds / code.logical_id, architecture=None)),
        )
        for code in codes
    }


def archives(project: Project, template: ApplicationTemplate) -> dict[str, Path]:
    """Build all code for Lambda, and zip it.

    Returns:
        Zips by logical name; their names have their SHA-256.

    Raises:
        MailroomError: A package could not be installed.
        Refused: The code is larger than Lambda's 250 MB.
    """
    builds = project.state / "build" / "packaged"
    codes = _on_this_machine(template)
    forget_others(builds, {code.logical_id for code in codes})
    found = {}
    for code in codes:
        built = build(project, code, builds / code.logical_id, code.architecture)
        found[code.logical_id] = built if built.is_file() else _zip(code, built, builds)
    return found


def upload(
    session: "boto3.Session", bucket: str, zips: dict[str, Path]
) -> dict[str, tuple[str, str]]:
    """Upload zips to a bucket, which is created if it is missing.

    Returns:
        Bucket and key by logical name.
    """
    s3 = session.client("s3")
    s3.create_bucket(Bucket=bucket)
    for path in zips.values():
        s3.upload_file(str(path), bucket, path.name)
    return {name: (bucket, path.name) for name, path in zips.items()}


def rendered(template: ApplicationTemplate, places: dict[str, tuple[str, str]]) -> str:
    """The template with its code's places, and its state machines' definitions inside.

    Args:
        template: The template.
        places: Bucket and key by logical name.
    """
    document = Template(template.path)
    for code in template.codes():
        if code.logical_id in places:
            bucket, key = places[code.logical_id]
            serverless = code.type.startswith(_SERVERLESS)
            names = ("Bucket", "Key") if serverless else ("S3Bucket", "S3Key")
            document.put(code.place, dict(zip(names, (bucket, key), strict=True)))
    return document.render()


def _on_this_machine(template: ApplicationTemplate) -> list[Code]:
    return [code for code in template.codes() if code.folder is not None]


def _zip(code: Code, built: Path, folder: Path) -> Path:
    files = dict(sorted(_files(built)))
    size = sum(path.stat().st_size for path in files.values())
    if size > UNZIPPED_LIMIT:
        raise Refused(
            f"{code.at}: {code.logical_id} is {size:,} bytes unzipped; Lambda takes"
            f" {UNZIPPED_LIMIT:,}"
        )
    draft = folder / f"{code.logical_id}.draft"
    folder.mkdir(parents=True, exist_ok=True)
    write_archive(draft, files)
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    return draft.replace(draft.with_name(f"{code.logical_id}-{digest}.zip"))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a built folder; its links are followed."""
    for path, _, names in os.walk(folder, followlinks=True):
        for name in names:
            found = Path(path) / name
            inside = found.relative_to(folder)
            if not any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
                yield inside.as_posix(), found
