"""How sessions of Live Tail end, and how many there may be: what takes hours, and many clients."""

import json
import subprocess
from typing import Any

from mailroom.project import Project

SESSION = """
import json
from types import SimpleNamespace
from botocore.eventstream import EventStreamBuffer
from localstack.aws.api import ServiceException
from localstack.aws.protocol.serializer import create_serializer
from localstack.aws.spec import load_service
from mailroom_localstack import patches
from mailroom_localstack.services.logs import live_tail

patches.apply("logs")
live_tail.UPDATE_SECONDS = 0
live_tail._groups = lambda context: {}

def start():
    request = {"logGroupIdentifiers": ["a"]}
    context = SimpleNamespace(service_request=request, account_id="0" * 12, request_id="r")
    return live_tail.tail_log_groups(None, None, context)

def sent(answer):
    service, buffer = load_service("logs"), EventStreamBuffer()
    operation = service.operation_model("StartLiveTail")
    told = create_serializer(service).serialize_to_response(answer, operation, {}, "r")
    for part in told.response:
        buffer.add_data(part)
        yield from buffer
"""
TIME_OUT = """
live_tail.SESSION_SECONDS = 0
events = [event.headers for event in sent(start())]
print(json.dumps([events, len(live_tail._sessions)]))
"""
MANY = """
streams = [sent(start()) for _ in range(15)]
for stream in streams:
    next(stream), next(stream)
try:
    start()
except ServiceException as error:
    print(json.dumps(error.code))
streams.pop().close()
start()
"""


def _told(script: str) -> Any:
    engine = Project.find().interpreter("engine")
    run = subprocess.run(
        [engine, "-c", SESSION + script], capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(run.stdout)


def test_a_session_ends_after_three_hours_with_its_error() -> None:
    events, sessions = _told(TIME_OUT)

    assert [event[":event-type"] for event in events] == [
        "initial-response",
        "sessionStart",
        "SessionTimeoutException",
    ]
    assert events[-1][":error-code"] == "SessionTimeoutException"
    assert sessions == 0


def test_an_account_has_fifteen_sessions_until_one_is_closed() -> None:
    assert _told(MANY) == "LimitExceededException"
