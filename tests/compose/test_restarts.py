"""Each container may be restarted alone."""

from mailroom.database.owner import owner_secret
from mailroom.environments.compose.environment import LOCALSTACK, POSTGRES
from mailroom.workflow.queues import queue_states
from tests.compose.conftest import Stack
from tests.support.events import mixed
from tests.support.flow import Flow, until


def test_localstack_restarted_alone_brings_the_topology_back_and_loses_no_row(
    stack: Stack, flow: Flow
) -> None:
    before, after = mixed(4), mixed(4)
    flow.send(before)
    old = owner_secret(flow.environment.session)

    stack.local.compose.work("restart", LOCALSTACK)
    again = Flow(stack.up(), flow.database)
    known = again.send(before)
    again.send(after)

    new = owner_secret(again.environment.session)
    assert old
    assert new
    # A saved connection goes on working.
    assert old.credentials["password"] == new.credentials["password"]
    assert sum(known[kind]["alreadyThere"] for kind in known["published"]) == 4
    assert flow.ingested(before + after) == before + after


def test_an_execution_survives_a_restart_of_postgres(stack: Stack, flow: Flow) -> None:
    first, second = mixed(2), mixed(6)
    # The functions hold connections now.
    flow.send(first)

    stack.local.compose.work("stop", POSTGRES)
    execution = flow.start({"messages": second})
    until(lambda: published(flow) >= 6, "the messages in their queues")
    stack.local.compose.work("start", POSTGRES)
    output = flow.ended(execution).output

    assert [output[kind]["ingested"] for kind in output["published"]] == [3, 3]
    assert {event["id"] for event in first + second} <= stack.rows()


def published(flow: Flow) -> int:
    """How many messages are in the queues, received or not."""
    return sum(queue.depth + queue.in_flight for queue in queue_states(flow.environment))
