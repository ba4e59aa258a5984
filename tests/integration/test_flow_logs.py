"""What the functions log can be followed by batch."""

import pytest

from tests.support.events import mixed, notification
from tests.support.flow import Flow
from tests.support.logs import entries_of


@pytest.mark.parametrize(
    ("function", "message"), [("PublishMessages", "published"), ("ProcessMessages", "batch")]
)
def test_entries_carry_the_batch_and_the_execution_that_they_belong_to(
    flow: Flow, function: str, message: str
) -> None:
    batch = flow.send(mixed(2))["batchId"]

    entries = entries_of(flow.environment, function, batch, message)

    assert {(entry["batch_id"], entry["execution"]) for entry in entries} == {(batch, batch)}
    assert all(entry["function_request_id"] for entry in entries)


def test_a_dead_letter_is_logged_with_its_reason_and_without_its_content(flow: Flow) -> None:
    first = notification(title="the first content")
    flow.send([first])

    batch = flow.send([{**first, "data": {**first["data"], "title": "a secret"}}])["batchId"]

    entries = entries_of(flow.environment, "ProcessMessages", batch, "dead letter")
    [warning] = [entry for entry in entries if entry["message"] == "dead letter"]
    assert (warning["level"], warning["reason"]) == ("WARNING", "conflicting_duplicate")
    assert "a secret" not in str(entries)
