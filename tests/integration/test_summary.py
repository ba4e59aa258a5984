"""`mailroom summary` tells the page of a CI job what a run did."""

from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import notification
from tests.support.flow import Flow

DEAD = "NotificationDeadLetterQueue"


def test_outcomes_by_type_and_the_way_of_each_failed_message(
    flow: Flow, project: Project, environment: Environment
) -> None:
    event = notification()
    flow.send([event])
    body = "<script>\n\ncut off"
    flow.put("NotificationQueue", body)
    flow.work_until(lambda: bool(flow.queued(DEAD, body)), "the dead letter")

    said = Command(project.root, project.state, environment=environment.name).run("summary").stdout

    assert "| type | published | ingested | already there | dead |" in said
    assert "\n| notification | " in said
    assert f"<summary>{DEAD}: invalid_json (" in said
    assert "recorded as dead: invalid_json" in said
    assert "<script>" not in said
    folded = said[said.index("<details>") : said.index("</details>")]
    assert "\n\n" not in folded
