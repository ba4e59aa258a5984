"""A file system of a few mebibytes, to fill it in a test; it needs no root.

It is mounted in a namespace of its own, and reached from outside by way of the process that
holds the namespace. When that process ends, it is gone.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Any folder that is there; in the namespace alone it is another one.
_MOUNT = "/mnt"
_HOLDER = f"mount -t tmpfs -o size=$0m,mode=755 tmpfs {_MOUNT} && mkdir -m 700 {_MOUNT}/space"
_FILL = f"""\
free=$(df -k --output=avail {_MOUNT} | tail -n 1)
head -c $(( (free - %d) * 1024 )) /dev/zero >{_MOUNT}/ballast"""
_MAKE_SPACE = f"rm {_MOUNT}/ballast"


class NoNamespaces(Exception):
    """Raised when the system does not allow a user to mount a file system."""


class SmallDisk:
    """The file system, as its holder lets it be changed."""

    def __init__(self, holder: subprocess.Popen[str]) -> None:
        self._holder = holder
        self.folder = Path(f"/proc/{holder.pid}/root{_MOUNT}/space")

    def fill(self, free_kib: int) -> None:
        """Leave no more room than this."""
        self.tell(_FILL % free_kib)

    def make_space(self) -> None:
        """Take away what it was filled with."""
        self.tell(_MAKE_SPACE)

    def tell(self, command: str) -> None:
        """Have the holder do something.

        Raises:
            NoNamespaces: There is no holder, or it could not do it.
        """
        assert self._holder.stdin
        assert self._holder.stdout
        try:
            self._holder.stdin.write(f"{command}\necho $?\n")
            self._holder.stdin.flush()
            answer = self._holder.stdout.readline().strip()
        except BrokenPipeError:
            answer = ""
        if answer != "0":
            self._holder.kill()
            raise NoNamespaces((self._holder.communicate()[1] or command).strip())


@contextmanager
def small_disk(mebibytes: int, user: str) -> Iterator[SmallDisk]:
    """A small file system whose folder belongs to a user.

    Args:
        mebibytes: How much it holds.
        user: Whose it is; only root may choose.

    Raises:
        NoNamespaces: The system does not allow it.
    """
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    try:
        holder = subprocess.Popen(
            [*command, f"{_HOLDER} && exec sh", str(mebibytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=user,
            cwd="/",
        )
    except OSError as error:
        raise NoNamespaces(f"{error.strerror}: unshare") from error
    with holder:
        try:
            disk = SmallDisk(holder)
            disk.tell(":")
            yield disk
        finally:
            holder.kill()
