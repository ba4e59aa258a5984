"""Installs the functions' locked dependencies as a Lambda package has them."""

import base64
import hashlib
import platform
import shutil
import subprocess
from importlib.metadata import distributions
from pathlib import Path

from mailroom.errors import MailroomError, Refused
from mailroom.locks import locked
from mailroom.packaging.locking import require_locked
from mailroom.project import Project

RUNTIME = "python3.13"
# Lambda's Amazon Linux 2023 has glibc 2.34; wheels are built for 2.28 or older.
_PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}


def host_architecture() -> str:
    """Lambda's name of this machine's architecture.

    Raises:
        Refused: Lambda does not run on it.
    """
    names = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
    machine = platform.machine().lower()
    if machine not in names:
        raise Refused(f"Lambda does not run on this machine's architecture, {machine}")
    return names[machine]


def install_dependencies(project: Project, folder: Path, architecture: str | None) -> None:
    """Install functions/requirements.txt into a folder, unless it is installed there already.

    Args:
        project: The checkout.
        folder: The folder; it is emptied first when another lock was installed there.
        architecture: Linux wheels for this Lambda architecture, or None for the host's own.

    Raises:
        Refused: The lock lacks what functions/requirements.in asks for.
        MailroomError: A package could not be installed; the hint is the installer's message.
    """
    require_locked(project)
    lock = project.functions / "requirements.txt"
    interpreter = project.interpreter(RUNTIME)
    try:
        install_requirements(
            project.uv, interpreter, lock, folder, architecture, "--require-hashes"
        )
    except InstallationFailed as error:
        raise MailroomError(
            "the functions' dependencies could not be installed", _reason(str(error))
        ) from error


class InstallationFailed(Exception):
    """uv could not install packages; the message is what it said."""


def install_requirements(
    uv: str,
    interpreter: Path,
    requirements: Path,
    folder: Path,
    architecture: str | None,
    *options: str,
) -> None:
    """Install a file of requirements into a folder, unless they are installed there already.

    Of several processes that ask for it, one installs and the others wait.

    Args:
        uv: The program.
        interpreter: The Python that will import them.
        requirements: The file.
        folder: The folder; it is emptied first when it is not up to date.
        architecture: Linux wheels for this Lambda architecture, or None for the host's own.
        options: Further options of `uv pip install`.

    Raises:
        InstallationFailed: A package could not be installed.
    """
    asked = f"{architecture} {interpreter.parents[1].name}".encode()
    inputs = hashlib.sha256(requirements.read_bytes() + asked).hexdigest()
    stamp = folder / ".inputs"
    platform_options = (
        ["--python-platform", _PLATFORMS[architecture], "--only-binary", ":all:"]
        if architecture
        else ["--compile-bytecode"]
    )
    command: list[str | Path] = [
        *(uv, "pip", "install", "--quiet", "--requirement", requirements),
        *("--python", interpreter, "--target", folder),
        # A hard link into uv's cache would change every checkout when somebody edits the file.
        *("--link-mode", "copy"),
        *options,
        *platform_options,
    ]
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder.parent):
        if stamp.exists() and stamp.read_text() == inputs:
            return
        shutil.rmtree(folder, ignore_errors=True)
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise InstallationFailed(run.stderr.strip())
        stamp.write_text(inputs)


def edited_files(folder: Path) -> list[str]:
    """The installed files that differ from what their packages' RECORD says, or are gone.

    Args:
        folder: Where the dependencies are installed.
    """
    return [
        str(file)
        for distribution in distributions(path=[str(folder)])
        for file in distribution.files or []
        if file.hash
        and file.suffix == ".py"
        and _digest(Path(str(file.locate()))) != file.hash.value
    ]


def _digest(path: Path) -> str:
    """A file's digest as RECORD has it; empty when there is no file.

    See https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    try:
        digest = hashlib.sha256(path.read_bytes()).digest()
    except FileNotFoundError:
        return ""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _reason(said: str) -> str:
    """uv's message, and what to do if a requirement was added to the lock by hand."""
    by_hand = "hash" in said
    advice = "put it into functions/requirements.in, and lock it: mailroom lock" if by_hand else ""
    return "\n".join(filter(None, [said.strip(), advice]))
