"""`up` on an environment that runs: what changed is applied, or said, and never ignored."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.errors import NotUp
from mailroom.project import Project
from mailroom.testing.purging import purge
from tests.support.command import Command
from tests.support.events import alert, mixed
from tests.support.flow import until


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command in a checkout whose infra/ and emulator/ may be changed."""
    here = Project.find().root
    checkout = tmp_path_factory.mktemp("checkout")
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for own in ("infra", "emulator"):
        shutil.copytree(here / own, checkout / own, ignore=skipped)
    for shared in (".envs", "functions", "rules", "samples"):
        (checkout / shared).symlink_to(here / shared)
    command = Command(checkout, checkout / ".mailroom", free_port())
    try:
        yield command
    finally:
        command.run("reset", "--yes")


@pytest.fixture
def up(mailroom: Command) -> Command:
    """The command, with its environment up."""
    try:
        environment(mailroom)
    except NotUp:
        mailroom.run("up")
    return mailroom


@pytest.fixture
def waiting_message(up: Command) -> Iterator[None]:
    """A message waits in a queue meanwhile."""
    send_unrouted(up)
    yield
    env = environment(up)
    purge(env.session.client("sqs"), env.outputs["UnroutedQueueUrl"])


@pytest.fixture
def volatile(up: Command) -> Iterator[Command]:
    """The command, with an environment whose messages are in memory alone."""
    up.run("up", "--restart", "--durability=off")
    yield up
    up.run("up", "--restart", "--durability=on")


def send_unrouted(mailroom: Command) -> None:
    """Send a message that waits in a queue."""
    env = environment(mailroom)
    queue = env.outputs["UnroutedQueueUrl"]
    env.session.client("sqs").send_message(QueueUrl=queue, MessageBody="unrouted")


def queue_names(mailroom: Command) -> list[str]:
    """The names of the queues as LocalStack has them."""
    return sorted(environment(mailroom).session.client("sqs").list_queues()["QueueUrls"])


def depth(mailroom: Command) -> int:
    """How many messages wait in UnroutedQueue."""
    return {str(one["name"]): int(one["depth"]) for one in mailroom.json("queues")}["UnroutedQueue"]


def environment(mailroom: Command) -> Environment:
    return connect(Project(mailroom.checkout, mailroom.state))


def change_the_plugin(mailroom: Command) -> None:
    """Add a line to its code."""
    module = mailroom.checkout / "emulator/plugin/src/mailroom_localstack/__init__.py"
    module.write_text(f"{module.read_text()}# changed\n")


def pid(mailroom: Command) -> int:
    return int(mailroom.json("status")["LocalStack"]["pid"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            "emulator/plugin/src/mailroom_localstack/executor/function_settings.py",
            "the plugin's code changed",
        ),
        ("emulator/requirements.txt", "a lock changed"),
    ],
)
def test_a_change_of_the_engine_restarts_it(up: Command, changed: str, said: str) -> None:
    before = pid(up)
    file = up.checkout / changed
    file.write_text(f"{file.read_text()}# changed\n")

    first, second = up.run("up"), up.run("up")

    assert f"LocalStack is restarted: {said} since it started" in first.stderr
    assert "restarted" not in second.stderr
    assert pid(up) != before
    assert up.send([alert()])["alert"]["ingested"] == 1


def test_it_is_restarted_with_messages_in_its_queues_and_has_them_again(
    up: Command, waiting_message: None
) -> None:
    before, queues = pid(up), queue_names(up)
    change_the_plugin(up)

    restarted = up.run("up")

    assert "the plugin's code changed since it started" in restarted.stderr
    assert pid(up) != before
    assert queue_names(up) == queues
    assert depth(up) == 1


def test_without_durability_messages_keep_it_from_being_restarted(volatile: Command) -> None:
    before = pid(volatile)
    send_unrouted(volatile)
    change_the_plugin(volatile)

    unchanged = volatile.run("up")
    kept, waiting = pid(volatile), depth(volatile)
    restarted = volatile.run("up", "--restart")

    assert (kept, waiting) == (before, 1)
    assert "that would lose 1 message in queues" in unchanged.stderr
    assert "mailroom up --restart" in unchanged.stderr
    assert "the plugin's code changed since it started" in restarted.stderr
    assert pid(volatile) != before


def test_with_an_execution_that_runs_it_is_not_restarted_either(up: Command) -> None:
    before, env = pid(up), environment(up)
    client = env.session.client("stepfunctions")
    role = client.describe_state_machine(stateMachineArn=env.outputs["MessageWorkflowArn"])
    wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
    machine = client.create_state_machine(
        name="waits", definition=json.dumps(wait), roleArn=role["roleArn"]
    )["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine)["executionArn"]
    change_the_plugin(up)

    try:
        run = up.run("up")
        kept = pid(up)
    finally:
        client.stop_execution(executionArn=execution)
    up.run("up")

    assert kept == before
    assert "that would lose 1 running execution" in run.stderr
    assert pid(up) != before


def test_another_iam_mode_is_applied_shown_and_kept_until_down(up: Command) -> None:
    modes = [up.json("status")["LocalStack"]["iam"]]

    changed = up.run("up", "--iam=off")
    modes.append(up.json("status")["LocalStack"]["iam"])
    again = up.run("up")
    modes.append(up.json("status")["LocalStack"]["iam"])
    up.run("down")
    up.run("up")
    modes.append(up.json("status")["LocalStack"]["iam"])

    assert modes == ["enforce", "off", "off", "enforce"]
    assert "its IAM mode is enforce, and --iam=off was asked for" in changed.stderr
    assert "restarted" not in again.stderr


def test_down_says_what_it_keeps_and_up_that_it_is_there(
    up: Command, waiting_message: None
) -> None:
    down = up.run("down")
    again = up.run("up")

    assert "kept until the next mailroom up: 1 message in queues" in down.stderr
    assert "1 message in queues: look at them with" in again.stderr
    assert depth(up) == 1


def test_a_send_whose_environment_is_taken_down_says_how_to_go_on(
    up: Command, tmp_path: Path
) -> None:
    events, output = tmp_path / "events.jsonl", tmp_path / "output"
    events.write_text("".join(f"{json.dumps(event)}\n" for event in mixed(3000)))
    sending = up.start("send", str(events), output=output)
    until(lambda: "its execution" in output.read_text(), "the batch to be on its way")

    up.run("down")
    code = sending.wait(120)

    told = output.read_text()
    assert code == 1
    assert "the environment ended before batch" in told
    assert "what was published waits in its queues" in told
    assert "send the same again" in told


def test_without_durability_down_asks_before_messages_are_lost(volatile: Command) -> None:
    send_unrouted(volatile)

    refused = volatile.run("down", code=2)
    waiting = depth(volatile)
    volatile.run("down", "--yes")

    assert "lost without durability: 1 message in queues" in refused.stderr
    assert "add --yes" in refused.stderr
    assert waiting == 1


def test_another_mode_is_refused_where_messages_would_be_lost(volatile: Command) -> None:
    before = pid(volatile)
    send_unrouted(volatile)

    refused = volatile.run("up", "--iam=off", "--durability=on", code=2)

    assert "its IAM mode is enforce, and --iam=off was asked for" in refused.stderr
    assert "its durability is off, and --durability=on was asked for" in refused.stderr
    assert "that would lose 1 message" in refused.stderr
    assert "mailroom up --restart" in refused.stderr
    assert pid(volatile) == before
    assert volatile.json("status")["LocalStack"]["iam"] == "enforce"


def test_parameters_are_remembered_also_over_down_until_they_are_unset(up: Command) -> None:
    def limit() -> object:
        return up.json("status")["topology"]["parameters"]

    up.run("up", "-p", "SettlementLimitSeconds=77", "-p", "ConsumersPerQueue=3")
    again = up.run("up")
    both = limit()
    up.run("down")
    down = json.loads(up.run("status", "--json", code=1).stdout)["topology"]["parameters"]
    up.run("up")
    deployed = stack_parameters(up)
    up.run("up", "--unset", "SettlementLimitSeconds", "--unset", "ConsumersPerQueue")

    assert "nothing to change" in again.stderr
    assert both == down == {"SettlementLimitSeconds": "77", "ConsumersPerQueue": "3"}
    assert deployed["SettlementLimitSeconds"] == "77"
    assert limit() == {}
    assert stack_parameters(up)["SettlementLimitSeconds"] != "77"


def stack_parameters(mailroom: Command) -> dict[str, str]:
    """The parameters of the deployed stack."""
    env = environment(mailroom)
    [stack] = env.session.client("cloudformation").describe_stacks(StackName=env.stack)["Stacks"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}


def test_a_parameter_that_there_is_not_cannot_be_unset(up: Command) -> None:
    refused = up.run("up", "--unset", "Consumtion", code=2)

    assert "there is no such parameter: Consumtion" in refused.stderr


def test_a_remembered_parameter_that_the_template_no_longer_takes_is_refused_with_the_way_out(
    up: Command,
) -> None:
    file = up.state / "environment.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "parameters": {"Gone": "1"}}))

    refused = up.run("up", code=2)
    up.run("up", "--unset", "Gone")

    assert "Gone: there is no such parameter" in refused.stderr
    assert "mailroom up --unset NAME" in refused.stderr


def test_status_shows_code_mode_parameters_and_versions(up: Command) -> None:
    up.run("up", "--packaged", "-p", "ConsumersPerQueue=3")
    packaged, table = up.json("status"), up.run("status").stdout
    up.run("up", "--unset", "ConsumersPerQueue")
    live = up.json("status")

    assert packaged["topology"]["code"] == "packaged"
    assert live["topology"]["code"] == "live"
    assert packaged["LocalStack"]["version"] == "4.14.0"
    assert packaged["Postgres"]["version"].startswith("18.")
    assert packaged["topology"]["version"]
    for line in (
        "code\tpackaged",
        "IAM mode\tenforce",
        "parameters\tConsumersPerQueue=3",
        f"Mailroom\t{packaged['topology']['version']}",
        "LocalStack\t4.14.0",
        f"Postgres\t{packaged['Postgres']['version']}",
    ):
        assert line in table.splitlines()


def test_demo_refuses_another_port_than_the_running_one(up: Command) -> None:
    refused = up.run("demo", "--port", str(free_port()), code=2)

    assert "is up already" in refused.stderr
