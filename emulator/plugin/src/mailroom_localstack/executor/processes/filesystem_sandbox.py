"""Lets a process write where a Lambda function may, and nowhere else.

In Lambda everything but ``/tmp`` is read-only. Linux offers the same to any process, without
privileges: Landlock, which most distributions' kernels have since 5.19. Where there is none
(macOS, older kernels) functions stay as free as the user who runs them. Imports the standard
library alone: ``child`` loads it by path.

See https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html and
https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
PATH_BENEATH = 1
PR_SET_NO_NEW_PRIVS = 38

WRITE_FILE = 1 << 1
# Removing, and making files of every kind.
CHANGE_FOLDER = 0b1_1111_1111 << 4
REFER = 1 << 13  # Moving between folders; since version 2.
TRUNCATE = 1 << 14  # Since version 3.
OLDEST_VERSION = 2
OF_A_FILE = WRITE_FILE | TRUNCATE

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")


def confine(writable: Iterable[str]) -> bool:
    """Confines this process, and all that it will start, for good.

    Args:
        writable: folders to write in; those that aren't there are passed over.

    Returns:
        Whether the system can do that.
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
    """Whether this system can confine a process."""
    return sys.platform == "linux" and _version() >= OLDEST_VERSION


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if os.path.isdir(path) else rights & OF_A_FILE  # noqa: PTH112
        _call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", allowed, place), 0)
    finally:
        os.close(place)


def _version() -> int:
    return _call(CREATE_RULESET, None, 0, ASK_VERSION)


def _call(number: int, *arguments: object) -> int:
    return int(_libc().syscall(number, *arguments))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
