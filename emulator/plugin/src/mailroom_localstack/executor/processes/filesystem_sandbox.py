"""Lets a process write only where a Lambda function may.

In Lambda everything but ``/tmp`` is read-only. Landlock, which most distributions' kernels have
since 5.19, restricts any Linux process in that way without privileges. Without it (macOS, older
kernels) functions can write wherever the user can. This module imports the standard library
alone: ``bootstrap`` loads it by its path.

See https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html and
https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GET_VERSION = 1
PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

WRITE_FILE = 1 << 1
# Removing files, and making files of every kind.
CHANGE_FOLDER = 0b1_1111_1111 << 4
REFER = 1 << 13  # Moving between folders; since version 2.
TRUNCATE = 1 << 14  # Since version 3.
OLDEST_VERSION = 2
FILE_RIGHTS = WRITE_FILE | TRUNCATE

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")


def restrict_writes(writable: Iterable[str]) -> bool:
    """Restrict this process, and all that it starts, until they end.

    Args:
        writable: folders to write in; missing ones are ignored.

    Returns:
        Whether the system supports it.
    """
    if not available():
        return False
    rights = WRITE_FILE | CHANGE_FOLDER | REFER | (TRUNCATE if _version() > OLDEST_VERSION else 0)
    attributes = struct.pack("=Q", rights)
    rules = _call(CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in (*DEVICES, *writable):
            _allow(rules, path, rights)
        _libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return _call(RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def available() -> bool:
    """Whether this system can restrict_writes a process."""
    return sys.platform == "linux" and _version() >= OLDEST_VERSION


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if os.path.isdir(path) else rights & FILE_RIGHTS  # noqa: PTH112
        _call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", allowed, place), 0)
    finally:
        os.close(place)


def _version() -> int:
    return _call(CREATE_RULESET, None, 0, GET_VERSION)


def _call(number: int, *arguments: object) -> int:
    return int(_libc().syscall(number, *arguments))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
