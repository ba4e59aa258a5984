"""SNS fails at botocore's edge: PublishMessagesFunction's own code against the real topic."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from publish_messages.request import Request
from publish_messages.service import Service
from publish_messages.settings import Settings
from shared import clients
from shared.context import Deadline
from tests.faults.checker import as_bodies
from tests.faults.code import Passage, altered
from tests.faults.run import LOAD, Run

type Hook = Callable[..., Any]


def test_some_entries_of_a_batch_fail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protection: of a batch that fails in part only what failed is sent again, and all of it."""
    calls: list[int] = []
    withheld = threading.local()

    def withhold(params: dict[str, Any], **_: Any) -> None:
        """Keep the first two entries of every other call from SNS."""
        calls.append(1)
        entries = params["PublishBatchRequestEntries"]
        count = 2 if len(calls) % 2 and len(entries) > 2 else 0
        withheld.ids = [entry["Id"] for entry in entries[:count]]
        params["PublishBatchRequestEntries"] = entries[count:]

    def report(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Failed"] = [
            {"Id": id_, "Code": "InternalError", "SenderFault": False} for id_ in withheld.ids
        ]

    publish(
        run,
        monkeypatch,
        {
            "provide-client-params.sns.PublishBatch": withhold,
            "after-call.sns.PublishBatch": report,
        },
    )
    verdict = run.finish()

    assert len(calls) > LOAD // 10
    assert verdict.clean, verdict
    assert run.rows() == LOAD


def test_the_topic_throttles(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protection: a throttled call is repeated, later each time."""
    calls: list[int] = []

    def throttle(request: Any, **_: Any) -> AWSResponse | None:
        calls.append(1)
        if len(calls) % 3:
            return None
        return Throttled(request.url)

    publish(run, monkeypatch, {"before-send.sns.PublishBatch": throttle})
    verdict = run.finish()

    assert len(calls) > LOAD // 10
    assert verdict.clean, verdict
    assert run.rows() == LOAD


def test_a_publish_times_out_after_it_succeeded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protection: what is published twice by the repeat has the same ids, and makes one row."""
    lost: list[int] = []

    def lose_answer(**_: Any) -> None:
        lost.append(1)
        if len(lost) % 4 == 1:
            raise ReadTimeoutError(endpoint_url="the topic")

    publish(run, monkeypatch, {"after-call.sns.PublishBatch": lose_answer})
    verdict = run.finish()

    assert len(lost) > LOAD // 10
    assert verdict.clean, verdict
    assert run.rows() == LOAD


def test_the_function_runs_out_of_time(run: Run, embedded: EmbeddedEnvironment) -> None:
    """Protection: the next invocation goes on where the last one stopped."""
    slow = Passage(
        "publish_messages/publisher.py",
        "            answer = self._client.publish_batch(",
        "            time.sleep(0.5)\n            answer = self._client.publish_batch(",
    )
    clock = Passage(
        "publish_messages/publisher.py", "import random\n", "import random\nimport time\n"
    )
    # Of its 120 seconds the function has two, in each of which it publishes 8 batches.
    short = Passage("publish_messages/handler.py", "_MARGIN_SECONDS = 20", "_MARGIN_SECONDS = 118")

    with altered(embedded, "PublishMessages", slow, clock, short):
        execution = run.start(run.events())
        verdict = run.finish()

    assert run.entered(execution).count("PublishMessages") > 2
    assert verdict.clean, verdict
    assert run.rows() == LOAD


class Throttled(AWSResponse):
    """SNS's answer to who asks too often."""

    def __init__(self, url: str) -> None:
        super().__init__(url, 400, HTTPHeaders(), None)

    @property
    def content(self) -> bytes:
        return (
            b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"
            b"<Message>Rate exceeded</Message></Error></ErrorResponse>"
        )


def publish(run: Run, monkeypatch: pytest.MonkeyPatch, hooks: dict[str, Hook]) -> None:
    """Publish a load as the function does, with a client that has these hooks."""
    # Without botocore's own repeats, which would hide whether the function's are there.
    once = Config(retries={"total_max_attempts": 1})
    client = run.flow.environment.session.client("sns", config=once)
    for event, hook in hooks.items():
        client.meta.events.register(event, hook)
    monkeypatch.setattr(clients, "sns", lambda connections: client)
    settings = Settings(run.flow.environment.outputs["MessagesTopicArn"])
    events = run.events()
    bodies = as_bodies(events)
    run.checker.attempt(bodies)
    request = Request.parse({"batchId": run.batch, "input": {"messages": events}})
    answer = Service(settings, Deadline(60)).publish(request)
    assert sum(answer["published"].values()) == LOAD
    run.checker.acknowledge(bodies)
