"""Binary values in JSON."""

from __future__ import annotations

import base64
from typing import Any


def encode(value: bytes) -> dict[str, str]:
    """What stands for bytes, for `json.dumps(default=…)`."""
    return {"base64": base64.b64encode(value).decode()}


def decode(found: dict[str, Any]) -> Any:
    """The bytes that an object stands for, for `json.loads(object_hook=…)`; another as it is."""
    encoded = found.get("base64") if len(found) == 1 else None
    return base64.b64decode(encoded) if isinstance(encoded, str) else found
