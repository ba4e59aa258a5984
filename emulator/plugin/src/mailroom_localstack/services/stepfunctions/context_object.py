"""What the context object and the history tell of an execution."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from mailroom_localstack.patches import patch, replacement

STEPS = "localstack.services.stepfunctions"
TIMESTAMP = f"{STEPS}.asl.component.state.state_wait.wait_function.timestamp:Timestamp"
DATA = ("input", "inputDetails", "output", "outputDetails")
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@replacement(f"{STEPS}.asl.component.state.state:StateData")
def tell_times_in_utc(original: Any) -> Any:
    """Write `$$.State.EnteredTime` with milliseconds and `Z`.

    LocalStack: writes microseconds and `+00:00`.

    AWS: writes `2026-11-28T12:00:00.000Z`.
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html

    Test: tests/parity/test_states.py::test_the_context_object_tells_times_and_redrives
    """

    def state_data(**data: Any) -> Any:
        entered = datetime.fromisoformat(data["EnteredTime"]).astimezone(UTC)
        text = entered.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return original(**{**data, "EnteredTime": text})

    return state_data


@tell_times_in_utc.also(f"{TIMESTAMP}._is_valid_timestamp_pattern")
def take_offsets(original: Any, timestamp: str) -> bool:
    """Take the time until which a state waits with an offset, too."""
    return RFC_3339.fullmatch(timestamp) is not None


@tell_times_in_utc.also(f"{TIMESTAMP}._from_timestamp_string")
def read_offsets(original: Any, timestamp: str) -> datetime | None:
    """The time in local time, as LocalStack compares it with that."""
    if RFC_3339.fullmatch(timestamp) is None:
        return None
    try:
        return datetime.fromisoformat(timestamp).astimezone().replace(tzinfo=None)
    except ValueError:
        return None


@replacement(f"{STEPS}.backend.execution_worker:ExecutionData")
def tell_redrives(original: Any) -> Any:
    """Have `$$.Execution.RedriveCount`.

    LocalStack: has no such field, and fails a state that reads it.

    AWS: counts how often an execution was redriven.
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html

    Test: tests/parity/test_states.py::test_the_context_object_tells_times_and_redrives
    """
    return lambda **data: {**original(**data), "RedriveCount": 0}


@patch("localstack.services.stepfunctions.provider:StepFunctionsProvider.get_execution_history")
def answer_in_pages(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Answer with `maxResults` events of a history, and without data if it isn't to be included.

    LocalStack: answers with all events and their data.

    AWS: has pages, and leaves inputs and outputs out with `includeExecutionData=false`.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html

    Test: tests/parity/test_states.py::test_a_history_has_pages_and_may_have_no_data
    """
    from localstack.aws.api.stepfunctions import InvalidToken

    answer = original(provider, context, *args, **named)
    request = context.service_request
    token = request.get("nextToken") or "0"
    if not token.isdigit():
        raise InvalidToken(f"Invalid Token: '{token}'")
    start, most = int(token), request.get("maxResults") or 0
    every = answer["events"]
    events = every[start : start + most if most else None]
    if request.get("includeExecutionData") is False:
        events = [_without_data(event) for event in events]
    answer = {**answer, "events": events}
    if most and start + most < len(every):
        answer["nextToken"] = str(start + most)
    return answer


def _without_data(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: one for key, one in value.items() if key not in DATA}
        if isinstance(value, dict)
        else value
        for name, value in event.items()
    }
