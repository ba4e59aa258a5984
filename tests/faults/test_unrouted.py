"""What a user does with messages that no subscription matches."""

import json

import pytest

from tests.faults.run import Run
from tests.support.command import Command
from tests.support.events import notification


def test_an_unrouted_message_is_sent_again_once_a_subscription_matches(
    run: Run, mailroom: Command
) -> None:
    body = json.dumps({**notification(), "source": run.source})
    run.put("UnroutedQueue", body, type="notification")
    [listed] = [one for one in mailroom.json("unrouted") if one["body"] == body]

    mailroom.run("unrouted", "redrive", "--id", listed["id"])
    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == 1


@pytest.mark.parametrize("all_of_them", [False, True], ids=["by its id", "with all the others"])
def test_a_message_that_stays_unrouted_is_sent_once_for_each_redrive(
    run: Run, mailroom: Command, all_of_them: bool
) -> None:
    run.publish(json.dumps({"mark": run.source}), type="greeting")
    [listed] = [one for one in mailroom.json("unrouted") if run.source in one["body"]]

    mailroom.run("unrouted", "redrive", *([] if all_of_them else ["--id", listed["id"]]))

    assert len(run.messages(["UnroutedQueue"])) == 1
