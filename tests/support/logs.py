"""What the functions wrote to their log groups."""

import json
from typing import Any

from mailroom.environments.environment import Environment
from tests.support.flow import until


def log_lines(environment: Environment, function: str) -> list[str]:
    """All that is in the log group of a function, such as `PublishMessages`."""
    group = environment.outputs[f"{function}LogGroupName"]
    pages = environment.session.client("logs").get_paginator("filter_log_events")
    return [
        event["message"] for page in pages.paginate(logGroupName=group) for event in page["events"]
    ]


def entries_of(
    environment: Environment, function: str, batch: str, message: str
) -> list[dict[str, Any]]:
    """The structured entries that mention a batch; waits until one has this message."""
    found: list[dict[str, Any]] = []

    def there() -> bool:
        lines = [line for line in log_lines(environment, function) if batch in line]
        found[:] = [json.loads(line) for line in lines if line.startswith("{")]
        return any(entry["message"] == message for entry in found)

    until(there, f"{message!r} in what {function} logs of batch {batch}")
    return found
