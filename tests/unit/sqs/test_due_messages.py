"""Messages come back when they are due. LocalStack's own worker, once a second, does not run."""

import json
import subprocess

import pytest

from mailroom.project import Project

# Prints the bodies in the order in which they are received, up to a number of them.
QUEUE = """
import json
from localstack.services.sqs.models import FifoQueue, StandardQueue
from mailroom_localstack import patches

patches.apply("sqs")
queue = StandardQueue("queue", "us-east-1", "000000000000")
fifo = FifoQueue("queue.fifo", "us-east-1", "000000000000", {"FifoQueue": "true"})
sent = iter(range(100))

def send(queue, body, **options):
    queue.put({"MessageId": f"id-{next(sent)}", "Body": body}, **options)

def send_in_order(body, group):
    send(fifo, body, message_group_id=group, message_deduplication_id=body)

def receive(queue, count, **options):
    found = []
    while len(found) < count:
        result = queue.receive(1, 30, **options)
        assert result.successful, found
        found += [message.message["Body"] for message in result.successful]
    return found
"""


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ('send(queue, "a"); print(json.dumps(receive(queue, 3, visibility_timeout=1)))', "aaa"),
        (
            'send(queue, "later", delay_seconds=2); send(queue, "soon", delay_seconds=1);'
            'send(queue, "now"); print(json.dumps(receive(queue, 3, visibility_timeout=60)))',
            ["now", "soon", "later"],
        ),
        (
            'send(queue, "a"); result = queue.receive(1, 0, visibility_timeout=600);'
            "queue.update_visibility_timeout(result.receipt_handles[0], 1);"
            "print(json.dumps(receive(queue, 1, visibility_timeout=60)))",
            "a",
        ),
        (
            'send_in_order("a", "one"); send_in_order("b", "one");'
            "print(json.dumps(receive(fifo, 2, visibility_timeout=1)))",
            "aa",
        ),
    ],
    ids=["again and again", "with a delay", "with another timeout", "in order"],
)
def test_a_message_that_is_due_is_received(what: str, found: str | list[str]) -> None:
    engine = Project.find().interpreter("engine")

    told = subprocess.run(
        [engine, "-c", QUEUE + what], capture_output=True, text=True, check=True, timeout=120
    )

    assert json.loads(told.stdout) == list(found)
