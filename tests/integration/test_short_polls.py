"""A short poll may miss messages; what the functions receive with may not."""

from pathlib import Path

import pytest

from process_messages.queue import Queue
from tests.support.engine import running_engine

_POLLS = 5


def test_a_message_that_short_polls_miss_is_received_at_the_first_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_engine(tmp_path, monkeypatch, MAILROOM_SHORT_POLL_SHARE="0.0") as engine:
        sqs = engine.session.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="{}")

        short = [sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0) for _ in range(_POLLS)]
        received = Queue(sqs, "q").receive()

        assert not any("Messages" in answer for answer in short)
        assert [message.receives for message in received] == [1]
