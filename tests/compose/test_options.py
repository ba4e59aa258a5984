"""Options of `mailroom up --compose` on containers that run: applied or refused, never ignored."""

from tests.compose.conftest import Stack


def test_parameters_are_remembered_also_over_down_until_they_are_unset(another: Stack) -> None:
    mailroom = another.mailroom
    env = another.project.root / ".env"
    env.write_text(f"{env.read_text()}MAILROOM_PARAMETERS=LogRetentionDays=7\n")

    mailroom.run("up", "--compose", "-p", "ConsumersPerQueue=3")
    mailroom.run("down")
    down = mailroom.json("status", code=1)["topology"]["parameters"]
    mailroom.run("up", "--compose")
    again = mailroom.json("status")
    mailroom.run("up", "--compose", "--unset", "ConsumersPerQueue")
    unset = mailroom.json("status")["topology"]["parameters"]

    assert down == {"ConsumersPerQueue": "3"}
    assert again["topology"]["parameters"] == {"LogRetentionDays": "7", "ConsumersPerQueue": "3"}
    assert again["topology"]["code"] == "live"
    assert again["LocalStack"]["version"] == "4.14.0"
    assert again["LocalStack"]["iam"] == "enforce"
    assert again["Postgres"]["version"].startswith("18.")
    assert unset == {"LogRetentionDays": "7"}


def test_what_would_lose_messages_is_refused_until_it_is_insisted_on(another: Stack) -> None:
    mailroom = another.mailroom
    up = ("up", "--compose", "--durability=off")
    mailroom.run(*up)
    environment = another.local.connect()
    client = environment.session.client("sqs")
    queue = environment.outputs["UnroutedQueueUrl"]
    client.send_message(QueueUrl=queue, MessageBody="unrouted")

    refused = mailroom.run(*up, "--iam=off", code=2)
    mailroom.run(*up)
    asked = mailroom.run("down", code=2)
    depths = {one["name"]: one["depth"] for one in mailroom.json("queues")}
    mailroom.run(*up, "--iam=off", "--restart")

    assert "would lose 1 message in queues" in refused.stderr
    assert "--restart" in refused.stderr
    assert "lost without durability: 1 message in queues" in asked.stderr
    assert depths["UnroutedQueue"] == 1
    assert mailroom.json("status")["LocalStack"]["iam"] == "off"
