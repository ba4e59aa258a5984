"""Secrets as rows: their versions, and the value that each was created with."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from mailroom_localstack.durability.binary_values import decode, encode
from mailroom_localstack.durability.store import Statement, Store

SELECT = "SELECT place, name, content FROM secrets"
INSERT = "INSERT OR REPLACE INTO secrets VALUES (?, ?, ?)"
DELETE = "DELETE FROM secrets WHERE (place, name) = (?, ?)"
KEPT = ("arn", "versions", "created_date", "last_changed_date")
CURRENT = "AWSCURRENT"
GENERATED = "generated"
_current = threading.local()


class Secrets:
    """The secrets of a store."""

    def __init__(self, store: Store) -> None:
        """Read what an earlier LocalStack has left."""
        self._store = store
        self._left: dict[tuple[str, str], dict[str, Any]] = {
            (place, name): json.loads(content, object_hook=decode)
            for place, name, content in store.read(SELECT)
        }

    def keep(self, secret: Any) -> None:
        """Store a secret as it is when the change is written."""
        self._store.change(self, {("secret", *_key(secret)): secret})

    def forget(self, secret: Any) -> None:
        """Forget a secret that was deleted."""
        secret.mailroom_gone = True
        self.keep(secret)

    def leave(self, secret: Any) -> None:
        """Keep a secret that is deleted for the next one of its name."""
        self._left[_key(secret)] = _content(secret)

    def restore(self, secret: Any, created_with: str) -> None:
        """Give a secret that was created just now the versions that it had.

        Its current version is the one that was current if it was created with the same value;
        otherwise it is the new one, as after an update.

        Args:
            secret: the secret.
            created_with: what `origin` says of its value.
        """
        secret.mailroom_created_with = created_with
        left = self._left.pop(_key(secret), None)
        if left is None:
            return
        new = None
        if left.pop("created_with") != created_with and secret.default_version_id:
            new = secret.versions[secret.default_version_id]
        for name, value in left.items():
            setattr(secret, name, value)
        current = (key for key, one in secret.versions.items() if CURRENT in one["version_stages"])
        secret.set_default_version_id(next(current, None))
        if new is not None:
            secret.reset_default_version(new, new["version_id"])
        # Secrets Manager deletes versions that have no staging label.
        secret.versions = {
            version: one for version, one in secret.versions.items() if one["version_stages"]
        }

    def statements(self, changed: Iterable[Any]) -> Iterator[Statement]:
        """What writes secrets as they are now."""
        for secret in changed:
            if getattr(secret, "mailroom_gone", False):
                yield DELETE, _key(secret)
            else:
                yield INSERT, (*_key(secret), json.dumps(_content(secret), default=encode))

    def committed(self) -> None:
        """Nothing follows."""


@contextlib.contextmanager
def generating() -> Iterator[None]:
    """While a secret is created whose value is generated, and another each time."""
    _current.generating = True
    try:
        yield
    finally:
        _current.generating = False


def origin(value: str | bytes | None) -> str:
    """By what a secret that is created again is known to be created with the same value."""
    if getattr(_current, "generating", False):
        return GENERATED
    content = value.encode() if isinstance(value, str) else value or b""
    return hashlib.sha256(content).hexdigest()


def _content(secret: Any) -> dict[str, Any]:
    content = {name: getattr(secret, name) for name in KEPT}
    return {**content, "created_with": secret.mailroom_created_with}


def _key(secret: Any) -> tuple[str, str]:
    return f"{secret.account_id} {secret.region}", secret.name
