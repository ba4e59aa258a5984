"""Members of requests that are documents of JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def read(text: Any) -> Any:
    """What a text says in JSON; None when it is none."""
    try:
        return json.loads(str(text))
    except ValueError:
        return None


def statements(policy: Any) -> Iterator[Mapping[str, Any]]:
    """The statements of a policy; none of a text that is none, which LocalStack refuses itself."""
    document = read(policy)
    found = document.get("Statement") if isinstance(document, Mapping) else None
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, Mapping):
            yield one
