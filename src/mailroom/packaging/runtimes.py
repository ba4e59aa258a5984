"""The interpreters of Lambda's runtimes: each an environment beside the engine's."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailroom.errors import Refused
from mailroom.locks import locked
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project

# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
PYTHON_RUNTIMES = ("python3.10", "python3.11", "python3.12", RUNTIME)
NODE_RUNTIMES = ("nodejs22.x", "nodejs24.x")
RUNTIMES = (*PYTHON_RUNTIMES, *NODE_RUNTIMES)
_STAMP = ".inputs"
# Of AWS's SDK, which Lambda's runtime has whole, what an application of this engine may call.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
_SDK_CLIENTS = (
    *("cloudwatch", "dynamodb", "eventbridge", "lambda", "s3", "secrets-manager", "sfn"),
    *("sns", "sqs", "ssm", "sts"),
)
_NODE_SDK = tuple(f"@aws-sdk/client-{name}" for name in _SDK_CLIENTS)


@dataclass(frozen=True)
class _Unavailable(Exception):
    """An interpreter that this machine does not have, and could not fetch.

    Attributes:
        tried: Where it was looked for.
        advice: How to get it.
    """

    tried: str
    advice: str


def interpreter(project: Project, runtime: str) -> Path:
    """Where the interpreter of a runtime is, or will be."""
    program = "node" if runtime in NODE_RUNTIMES else "python"
    return project.home / ".envs" / runtime / "bin" / program


def installed_runtimes(project: Project) -> dict[str, Path]:
    """The interpreters that are installed, by runtime."""
    found = {runtime: interpreter(project, runtime) for runtime in RUNTIMES}
    return {name: path for name, path in found.items() if _is_complete(path)}


def provide_runtime(project: Project, runtime: str) -> None:
    """Install the interpreter of a runtime, unless it is there.

    Raises:
        Refused: The machine has none, and none could be fetched; the hint says how to get one.
    """
    folder = interpreter(project, runtime).parents[1]
    # Applications share the interpreters.
    with locked(folder.parent):
        if not _is_complete(interpreter(project, runtime)):
            _install(project, runtime, folder)


def _install(project: Project, runtime: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    try:
        if runtime in NODE_RUNTIMES:
            _install_node(runtime, folder)
        else:
            _install_python(project, runtime, folder)
    except _Unavailable as missing:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(f"no interpreter for {runtime}: {missing.tried}", missing.advice) from missing
    (folder / _STAMP).touch()


def _is_complete(path: Path) -> bool:
    return path.is_file() and (path.parents[1] / _STAMP).is_file()


def _install_python(project: Project, runtime: str, folder: Path) -> None:
    """A Python with what AWS's managed runtime offers to a function."""
    version = runtime.removeprefix("python")
    python = next(_pythons(project, version), None)
    if python is None:
        raise _Unavailable(
            f"there is no CPython {version} on PATH, in pyenv's versions or among uv's own, and uv"
            " could not fetch one",
            f"any of: pyenv install {version}; uv python install {version}; your system's packages",
        )
    lock = project.home / "emulator" / "runtime.txt"
    _run(project.uv, "venv", "--quiet", "--clear", "--python", str(python), str(folder))
    install = ("pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes", str(lock))
    _run(project.uv, *install, "--python", str(folder / "bin" / "python"))


def _pythons(project: Project, version: str) -> Iterator[Path]:
    """CPythons of a version: on PATH, of pyenv, of uv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    on_path = shutil.which(f"python{version}")
    candidates = [*([Path(on_path)] if on_path else []), *pyenv.glob(f"{version}.*/bin/python")]
    yield from (one for one in candidates if _is_python(one, version))
    find = [project.uv, "python", "find", "--no-project", f"cpython=={version}.*"]
    for before in ([], [project.uv, "python", "install", "--quiet", version]):
        if before:
            subprocess.run(before, capture_output=True)
        found = subprocess.run(find, capture_output=True, text=True)
        if found.returncode == 0:
            yield Path(found.stdout.strip())


def _is_python(path: Path, version: str) -> bool:
    told = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])"
    return _said(path, "-c", told) == f"cpython {version}"


def _install_node(runtime: str, folder: Path) -> None:
    """The machine's node if it has the version, else the one that npm brings."""
    major = runtime.removeprefix("nodejs").removesuffix(".x")
    found = shutil.which("node")
    own = found and _said(Path(found), "--version").startswith(f"v{major}.")
    (folder / "bin").mkdir(parents=True)
    npm = shutil.which("npm")
    node = [] if own else [f"node@{major}"]
    advice = f"install Node.js {major}, or npm, which brings it"
    if npm is None:
        raise _Unavailable("npm, which brings node and AWS's SDK, is not on PATH", advice)
    _run(npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", *node, *_NODE_SDK)
    brought = folder / "node_modules" / "node" / "bin" / "node"
    if own and found:
        brought = Path(found).resolve()
    if not _said(brought, "--version").startswith(f"v{major}."):
        raise _Unavailable(f"npm's package node@{major} brought no node for this machine", advice)
    (folder / "bin" / "node").symlink_to(brought)


def _said(program: Path, *arguments: str) -> str:
    """What a program prints; empty if it fails."""
    try:
        run = subprocess.run([program, *arguments], capture_output=True, text=True)
    except OSError:
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def _run(*command: str) -> None:
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        name = Path(command[0]).name
        last = (run.stderr.strip() or run.stdout.strip()).splitlines()[-5:]
        raise _Unavailable(f"{name} failed", "\n".join(last))
