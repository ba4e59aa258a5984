"""The store of this LocalStack, if there is one."""

from __future__ import annotations

import os
from pathlib import Path

from mailroom_localstack.durability.store import Store, StoreError

VARIABLE = "MAILROOM_DURABILITY"
FOLDER_VARIABLE = "MAILROOM_DURABLE_FOLDER"
MODES = ("on", "off")
FILE = "localstack.db"


def durable_folder() -> Path | None:
    """The folder of what survives; None if nothing does.

    Raises:
        ValueError: `MAILROOM_DURABILITY` is neither `on` nor `off`.
    """
    mode = os.environ.get(VARIABLE) or "on"
    if mode not in MODES:
        raise ValueError(f"{VARIABLE} is one of {', '.join(MODES)}, not {mode!r}")
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder) if folder and mode == "on" else None


class Opened:
    """The store, once it was opened.

    Attributes:
        store: None if nothing survives.
    """

    store: Store | None = None


def open_store() -> None:
    """Open the store, or end LocalStack if that can't be done.

    Raises:
        SystemExit: the setting is wrong, or the file is damaged.
    """
    try:
        folder = durable_folder()
        Opened.store = Store(folder / FILE) if folder else None
    except ValueError as error:
        raise SystemExit(str(error)) from None
    except StoreError as error:
        raise SystemExit(
            f"{error}. Move it away, and its messages are lost; or start without it:"
            f" mailroom up --durability=off"
        ) from None


def commit() -> None:
    """Return when everything that was changed before is on the disk.

    Raises:
        ServiceException: it can't be written. The caller gets an error, and tries again.
    """
    if Opened.store is None:
        return
    try:
        Opened.store.commit()
    except StoreError as error:
        from localstack.aws.api import CommonServiceException

        message = f"It was not stored: {error}. Without durability: mailroom up --durability=off"
        raise CommonServiceException("ServiceUnavailable", message, 503) from error
