"""Installs what a Node.js function requires, with npm."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from mailroom.errors import MailroomError, Refused

_MANIFESTS = ("package.json", "package-lock.json", "npm-shrinkwrap.json")


def needs_packages(folder: Path) -> bool:
    """Whether a folder's package.json has dependencies that are not in its node_modules.

    Raises:
        Refused: package.json is not JSON.
    """
    manifest = folder / "package.json"
    if not manifest.is_file() or (folder / "node_modules").is_dir():
        return False
    try:
        return bool(json.loads(manifest.read_text()).get("dependencies"))
    except (ValueError, AttributeError) as error:
        raise Refused(f"{manifest}: not JSON: {error}") from error


def install_packages(source: Path, folder: Path) -> None:
    """Install the dependencies of a package.json into a folder, unless they are there already.

    Raises:
        MailroomError: npm is missing, or could not install them; the hint is what it said.
    """
    manifests = [source / name for name in _MANIFESTS if (source / name).is_file()]
    inputs = hashlib.sha256(b"".join(path.read_bytes() for path in manifests)).hexdigest()
    stamp = folder / ".inputs"
    if stamp.is_file() and stamp.read_text() == inputs:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise MailroomError(f"{source} needs packages, and there is no npm", "install Node.js")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in manifests:
        shutil.copy(path, folder)
    verb = "ci" if len(manifests) > 1 else "install"
    run = subprocess.run(
        [npm, verb, "--omit=dev", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise MailroomError(f"npm could not install the packages of {source}", run.stderr.strip())
    stamp.write_text(inputs)
