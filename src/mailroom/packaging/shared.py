"""Python environments that all checkouts of a machine share: one for each lock and Python.

scripts/install.sh runs this file before anything is installed, so it imports the standard library
alone. An environment's packages never change once it is whole. What differs between checkouts, the
packages that are installed from their sources, is in a small environment of the checkout's own on
top of it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

# Written last: an environment without it is half made.
STAMP = ".inputs"
USERS = ".users"
# In a checkout's own environment: a link to the shared one.
SHARED = ".shared"
# Where LocalStack looks for its index, in the folder that it takes for the root of its files.
INDEX = Path("usr", "lib", "localstack")
# Of `uv venv`, which makes them anew for each environment.
_OF_VENV = ("activate", "deactivate", "pydoc", "python")


def cache() -> Path:
    """The folder of what checkouts share: in XDG_CACHE_HOME, else ~/.cache, root's in /var/cache.

    Root's home is closed to others, but they may run what root installs, as in a container.
    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    named = Path(os.environ.get("XDG_CACHE_HOME") or "")
    usual = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return (named if named.is_absolute() else usual) / "mailroom"


@dataclass(frozen=True)
class Installed:
    """An environment of a checkout.

    Attributes:
        place: Its folder.
        lock: What is installed in it.
        sources: Folders whose packages are installed from source, as the checkout has them.
    """

    place: Path
    lock: Path
    sources: Sequence[str] = ()

    def install(self, uv: str, stamp: str, lock_stamp: str) -> None:
        """Install it, and say on standard output what takes time.

        Args:
            uv: The program.
            stamp: What the environment is made from, as install.sh has it.
            lock_stamp: The same of the lock alone.

        Raises:
            subprocess.CalledProcessError: uv failed, and has said why.
        """
        started = time.monotonic()
        shared = self._shared()
        with locked(shared.parent):
            if not is_whole(shared):
                count = sum("==" in line for line in self.lock.read_text().splitlines())
                print(f"{self.place}: installing {count} packages", flush=True)
                _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, shared)
                sync = ("pip", "sync", "--quiet", "--compile-bytecode", "--require-hashes")
                _run(uv, *sync, "--python", shared / "bin" / "python", self.lock)
                (shared / STAMP).write_text(lock_stamp)
            _index_operations(shared)
            if not self.sources:
                self._link(shared)
            elif not self._is_layered(shared, stamp):
                self._layer(uv, shared)
                (self.place / STAMP).write_text(stamp)
            with suppress(OSError):  # It may be another user's, who gives it up.
                users = shared / USERS
                users.mkdir(exist_ok=True)
                place = os.fspath(self.place.absolute())
                (users / hashlib.sha256(place.encode()).hexdigest()[:16]).write_text(place)
        print(f"{self.place}: ready ({time.monotonic() - started:.1f} s)", flush=True)

    def _shared(self) -> Path:
        """The shared one; in the checkout if the cache lacks it and can't be written to."""
        folder = cache() / "environments"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        shared = folder / self._name(folder)
        if is_whole(shared) or os.access(folder, os.W_OK):
            return shared
        own = Path(".envs", "environments").absolute()
        print(f"{folder} can't be written to: {self.place} is this checkout's alone", flush=True)
        own.mkdir(parents=True, exist_ok=True)
        return own / self._name(own)

    def _name(self, folder: Path) -> str:
        """By all that an environment depends on; scripts in it name the folder."""
        python = f"{sys.version} {sys.base_prefix} {sysconfig.get_platform()} {folder}"
        return hashlib.sha256(self.lock.read_bytes() + python.encode()).hexdigest()[:32]

    def _is_layered(self, shared: Path, stamp: str) -> bool:
        """Whether another installation in this checkout, which was waited for, has just made it."""
        return (
            (self.place / SHARED).resolve() == shared.resolve()
            and is_whole(self.place)
            and (self.place / STAMP).read_text() == stamp
        )

    def _layer(self, uv: str, shared: Path) -> None:
        """The checkout's own environment: its sources, and all that the shared one has."""
        place = self.place.absolute()
        if place.is_symlink():
            place.unlink()
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, place)
        (packages,) = shared.glob("lib/python*/site-packages")
        # The first line is for editors, which read none that imports; the second also reads the
        # .pth files there.
        lines = f"{packages}\nimport site; site.addsitedir({os.fspath(packages)!r})\n"
        (place / packages.relative_to(shared) / "shared.pth").write_text(lines)
        for program in (shared / "bin").iterdir():
            own = place / "bin" / program.name
            if program.name.startswith(_OF_VENV):
                continue
            if text := _script(program):
                own.write_bytes(text.replace(*_interpreters(shared, place)))
                own.chmod(0o755)
            else:
                own.symlink_to(program)
        install = ("pip", "install", "--quiet", "--no-deps", "--python", place / "bin" / "python")
        _run(uv, *install, *(f"--editable={source}" for source in self.sources))
        (place / SHARED).symlink_to(shared)

    def _link(self, shared: Path) -> None:
        """A link to the shared one, in the place of what was there."""
        self.place.parent.mkdir(exist_ok=True)
        if self.place.is_dir() and not self.place.is_symlink():
            shutil.rmtree(self.place)
        self.place.unlink(missing_ok=True)
        self.place.symlink_to(shared)


def is_whole(folder: Path) -> bool:
    # The interpreter is a link to the machine's, which may be gone. Path.is_file() would raise
    # PermissionError in another user's home.
    return os.access(folder / STAMP, os.R_OK) and os.access(folder / "bin" / "python", os.X_OK)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One installation at a time, so that none sees another's half-made environment."""
    if not os.access(folder, os.W_OK):
        # Only what is whole is used there.
        yield
        return
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("waiting for another installation to end", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _index_operations(shared: Path) -> None:
    """Let LocalStack, if it is installed there, index all operations of AWS, for its first starts.

    As its image does: each new environment would otherwise make the index for two seconds.
    """
    index = shared / INDEX
    installed = any(shared.glob("lib/python*/site-packages/localstack/aws/spec.py"))
    if not installed or index.exists() or not os.access(shared, os.W_OK):
        return
    draft = shared / ".draft"
    shutil.rmtree(draft, ignore_errors=True)
    (draft / INDEX).mkdir(parents=True)
    settings = {"FILESYSTEM_ROOT": os.fspath(draft), "OVERRIDE_IN_DOCKER": "0"}
    command = (shared / "bin" / "python", "-m", "localstack.aws.spec")
    # Without the index LocalStack starts as well.
    if not subprocess.run(command, check=False, env={**os.environ, **settings}).returncode:
        index.parent.mkdir(parents=True, exist_ok=True)
        (draft / INDEX).replace(index)
    shutil.rmtree(draft)


def _script(program: Path) -> bytes:
    """A script's text; nothing for another program."""
    with program.open("rb") as file:
        return b"#!" + file.read() if file.read(2) == b"#!" else b""


def _interpreters(shared: Path, place: Path) -> tuple[bytes, bytes]:
    """What a script begins with in the shared environment, and in a checkout's."""
    old, new = (os.fsencode(one / "bin" / "python") for one in (shared, place))
    if b" " in old or b" " not in new:
        return old, new
    # The kernel takes an interpreter's path to end at a space; sh and Python both read this.
    return b"#!%s\n" % old, b"#!/bin/sh\n'''exec' '%s' \"$0\" \"$@\"\n' '''\n" % new


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)


def main() -> int:
    """Arguments: uv, the place, its stamp, the lock, the lock's stamp, folders of sources."""
    uv, place, stamp, lock, lock_stamp, *sources = sys.argv[1:]
    try:
        Installed(Path(place), Path(lock), sources).install(uv, stamp, lock_stamp)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
