"""Makes the zip that goes to AWS, byte for byte the same on every machine."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from mailroom.errors import Refused
from mailroom.packaging.dependencies import install_dependencies
from mailroom.project import Project

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
UNZIPPED_LIMIT = 250 * 1024 * 1024
# Files that installers write; nothing reads them at run time.
_INSTALLERS = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o100644


def build_archive(project: Project, architecture: str) -> Path:
    """Package the functions with their locked dependencies for Lambda.

    Args:
        project: The checkout.
        architecture: `x86_64` or `arm64`.

    Returns:
        The zip; its name holds its SHA-256.

    Raises:
        Refused: The code is larger than Lambda's 250 MB.
    """
    dependencies = project.state / "build" / f"dependencies-{architecture}"
    install_dependencies(project, dependencies, architecture)
    return pack(project, dependencies, architecture)


def pack(project: Project, dependencies: Path, architecture: str) -> Path:
    """Package the functions with dependencies that are installed already.

    Entries are sorted and stored without compression, as compressors differ between machines.
    They have a fixed time and fixed permissions, and no owner.

    Args:
        project: The checkout.
        dependencies: Folder of the dependencies.
        architecture: Lambda architecture of the dependencies.

    Returns:
        The zip; its name holds its SHA-256.

    Raises:
        Refused: The code is larger than Lambda's 250 MB.
    """
    files = dict(sorted(_files(dependencies, project.code_entries)))
    size = sum(path.stat().st_size for path in files.values())
    if size > UNZIPPED_LIMIT:
        raise Refused(f"the code is {size:,} bytes unzipped; Lambda takes {UNZIPPED_LIMIT:,}")
    build = project.state / "build"
    build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="draft-", dir=build) as folder:
        draft = Path(folder) / "functions.zip"
        write_archive(draft, files)
        with draft.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        for older in build.glob(f"functions-{architecture}-*.zip"):
            older.unlink()
        return draft.replace(build / f"functions-{architecture}-{digest}.zip")


def write_archive(draft: Path, files: dict[str, Path]) -> None:
    """Write a zip whose bytes follow from its files' names and content alone."""
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for name, path in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE << 16
            archive.writestr(entry, path.read_bytes())


def _files(dependencies: Path, entries: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    for path in _walk(dependencies):
        name = path.relative_to(dependencies)
        own = len(name.parts) == 1 and name.name.startswith(".")
        written = name.parent.suffix == ".dist-info" and name.name in _INSTALLERS
        if not own and not written and name.parts[0] != "bin":
            yield name.as_posix(), path
    for top, source in entries.items():
        for path in _walk(source):
            name = Path(top) / path.relative_to(source)
            # Hidden files belong to an editor or the system.
            if not any(part.startswith(".") for part in name.parts):
                yield name.as_posix(), path


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            yield path
