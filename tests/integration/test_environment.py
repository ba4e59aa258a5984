"""The embedded environment through its whole life: each test brings it to where it starts from."""

import base64
import json
import os
import shlex
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mailroom.database.owner import owner_secret
from mailroom.environments.ports import free_port, is_free
from mailroom.environments.selection import connect
from mailroom.errors import NotUp
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import alert, mixed
from tests.support.flow import until
from tests.support.ingestion_role import IngestionRole


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command in a checkout whose infra/ may be changed, in folders with awkward names."""
    here = Project.find().root
    checkout = tmp_path_factory.mktemp("check out")
    shutil.copytree(here / "infra", checkout / "infra")
    for shared in (".envs", "functions", "samples"):
        (checkout / shared).symlink_to(here / shared)
    command = Command(checkout, checkout / ("deep " * 30) / "state", free_port())
    try:
        yield command
    finally:
        command.run("reset", "--yes")


@pytest.fixture
def up(mailroom: Command) -> Command:
    """The command, with its environment up as infra/ says."""
    try:
        connect(Project(mailroom.checkout, mailroom.state))
    except NotUp:
        mailroom.run("up")
    return mailroom


def ingested(mailroom: Command, event: dict[str, object]) -> bool:
    found = mailroom.json("messages", "--limit", "1000")
    return any(message["id"] == event["id"] for message in found)


def is_up(mailroom: Command) -> bool:
    return {part["state"] for part in mailroom.json("status").values()} == {"up"}


def gone(processes: list[psutil.Process]) -> None:
    until(lambda: not any(process.is_running() for process in processes), "the processes' end")


def test_up_when_it_is_up_changes_nothing_and_says_so(up: Command) -> None:
    before = up.json("status")

    again = up.run("up")

    assert "Topology: nothing to change" in again.stderr
    assert "Database: nothing to migrate" in again.stderr
    assert up.json("status") == before


def test_up_repairs_what_was_killed_and_the_data_stays(up: Command) -> None:
    event = alert()
    up.send([event])
    processes = up.processes()
    status = up.json("status")

    for part in ("LocalStack", "Postgres"):
        os.kill(status[part]["pid"], signal.SIGKILL)
    gone(processes)
    half = up.json("status", code=1)
    refused = up.run("send", "-", given=json.dumps(alert()), code=2)
    up.run("up")

    assert {part["state"] for part in half.values()} == {"down"}
    assert "mailroom up" in refused.stderr
    assert is_up(up)
    assert ingested(up, event)
    assert up.send([event])["alert"]["alreadyThere"] == 1


def test_up_repairs_postgres_alone_and_the_topology_stays(up: Command) -> None:
    before = up.json("status")

    os.kill(before["Postgres"]["pid"], signal.SIGKILL)
    half = up.json("status", code=1)
    refused = up.run("messages", code=2)
    repaired = up.run("up")

    assert "only a part of the embedded environment is up" in refused.stderr
    assert half["LocalStack"]["state"] == "up"
    assert half["Postgres"]["state"] == "down"
    assert "nothing to change" in repaired.stderr
    assert up.json("status")["LocalStack"] == before["LocalStack"]
    assert up.send([alert()])["alert"]["ingested"] == 1


def test_up_migrates_while_functions_have_every_connection_that_is_theirs(up: Command) -> None:
    environment = connect(Project(up.checkout, up.state))
    migration = up.checkout / "infra" / "migrations" / "0006.more.sql"

    with psycopg.connect(environment.database, autocommit=True) as database, ExitStack() as taken:
        role = IngestionRole(environment, database)
        with pytest.raises(psycopg.OperationalError, match="remaining connection slots"):
            fill(taken, role.login())
        migration.write_text("CREATE TABLE more ();")
        try:
            done = up.run("up")
        finally:
            migration.unlink()
        migrated = database.execute("SELECT to_regclass('more')").fetchone()
    up.run("database", "reset", "--yes")

    assert "✓ Database: 1 migration" in done.stderr
    assert migrated == ("more",)


def test_up_that_waits_for_a_connection_says_so_once_and_goes_on_when_there_is_one(
    up: Command, tmp_path: Path
) -> None:
    environment = connect(Project(up.checkout, up.state))
    owner = owner_secret(environment.session)
    assert owner
    login = {name: owner.credentials[name] for name in ("host", "port", "dbname", "password")}
    said = tmp_path / "output"

    with ExitStack() as taken:
        with pytest.raises(psycopg.OperationalError, match="remaining connection slots"):
            fill(taken, make_conninfo(user=owner.credentials["username"], **login))
        starting = up.start("up", output=said)
        until(lambda: "… Database" in said.read_text(), "a line about the wait", 60)

    assert starting.wait(60) == 0
    lines = said.read_text().splitlines()
    assert [line for line in lines if line.startswith("…")] == [
        "… Database: waiting for MigrateDatabaseFunction (10 s)"
    ]
    assert any(line.startswith("✓ Database: nothing to migrate") for line in lines)


def fill(taken: ExitStack, login: str) -> None:
    """Open connections until Postgres refuses one."""
    while True:
        taken.enter_context(psycopg.connect(login))


def test_up_repairs_a_broken_state_file_and_leaves_no_process_behind(up: Command) -> None:
    processes = up.processes()

    (up.state / "environment.json").write_text("{")
    down = up.json("status", code=1)
    up.run("up")

    assert {part["state"] for part in down.values()} == {"down"}
    assert is_up(up)
    gone(processes)


def test_nothing_listens_beyond_the_loopback_interface(up: Command) -> None:
    up.send([alert()])

    started = [psutil.Process(part["pid"]) for part in up.json("status").values() if part["pid"]]
    family = [one for root in started for one in (root, *root.children(recursive=True))]
    listening = {
        connection.laddr[0]
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening == {"127.0.0.1"}


def test_down_leaves_no_process_no_port_and_no_folder(up: Command) -> None:
    up.send([alert()])
    processes = up.processes()
    postgres = conninfo_to_dict(up.json("status")["Postgres"]["where"])

    up.run("down")

    gone(processes)
    assert is_free(up.port)
    assert is_free(int(str(postgres["port"])))
    assert not Path(str(postgres["host"])).exists()


def test_up_after_down_finds_the_data_again_though_postgres_has_to_move(up: Command) -> None:
    event = alert()
    up.send([event])
    port = int(str(conninfo_to_dict(up.json("status")["Postgres"]["where"])["port"]))
    up.run("down")

    with socket.create_server(("127.0.0.1", port)):
        up.run("up")

    assert ingested(up, event)
    assert up.send([event])["alert"]["alreadyThere"] == 1


@pytest.mark.parametrize("role", ["owner", "reader"])
def test_a_saved_connection_to_the_database_works_again_after_down_and_up(
    up: Command, role: str
) -> None:
    saved = up.run("database", "url", "--role", role).stdout.strip()
    event = alert()
    up.send([event])

    up.run("down")
    refused = up.run("database", "url", code=2)
    up.run("up")

    assert "no environment is up" in refused.stderr
    assert up.run("database", "url", "--role", role).stdout.strip() == saved
    with psycopg.connect(saved) as database:
        found = database.execute("SELECT 1 FROM messages WHERE id = %s", [event["id"]])
        assert found.fetchone() == (1,)


def test_a_saved_connection_outlives_an_emptied_database(up: Command) -> None:
    saved = up.run("database", "url", "--role", "reader").stdout.strip()

    up.run("database", "reset", "--yes")

    with psycopg.connect(saved) as database:
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (0,)


@pytest.mark.parametrize(
    ("number", "reached"), [(signal.SIGINT, "Postgres 18"), (signal.SIGTERM, "LocalStack 4")]
)
def test_up_that_is_interrupted_stops_what_it_started(
    mailroom: Command, tmp_path: Path, number: signal.Signals, reached: str
) -> None:
    mailroom.run("down")

    starting = mailroom.start("up", output=tmp_path / "output")
    until(lambda: f"✓ {reached}" in (tmp_path / "output").read_text(), reached)
    starting.send_signal(number)

    assert starting.wait(60) == 130
    assert {part["pid"] for part in mailroom.json("status", code=1).values()} == {None}
    assert is_free(mailroom.port)
    assert not working_in(mailroom.state)


def test_demo_completes_what_an_up_that_was_killed_began(mailroom: Command, tmp_path: Path) -> None:
    mailroom.run("down")
    starting = mailroom.start("up", output=tmp_path / "output")
    until(lambda: "✓ LocalStack" in (tmp_path / "output").read_text(), "the deployment's start")
    starting.kill()
    starting.wait()

    demo = mailroom.run("demo")

    assert "194 of 194 messages are in Postgres." in demo.stdout
    assert is_up(mailroom)
    assert len(working_in(mailroom.state / "localstack")) == 1


def test_a_port_in_use_is_refused_with_the_name_of_who_holds_it(
    mailroom: Command, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        other = Command(mailroom.checkout, tmp_path / "state", port)

        refused = other.run("up", code=2)

    assert f"port {port}, which LocalStack needs, is used by process {os.getpid()}" in (
        refused.stderr
    )
    assert "--port" in refused.stderr
    assert not working_in(other.state)


def test_a_port_that_another_mailroom_uses_is_refused_with_its_folder_and_the_way_out(
    up: Command, tmp_path: Path
) -> None:
    other = Command(up.checkout, tmp_path / "state", up.port)

    refused = other.run("up", code=2).stderr
    found = {one["what"]: one for one in other.json("doctor")}["port"]
    own = {one["what"]: one for one in up.json("doctor")}["port"]

    assert f"is used by the Mailroom of {up.checkout}\n" in refused
    assert f"MAILROOM_STATE={shlex.quote(str(up.state))} make down" in refused
    assert "--port auto" in refused
    assert found["fix"].startswith("stop it there: cd ")
    assert (own["ok"], own["found"]) == (True, f"{up.port} is this environment's")


def test_another_port_is_refused_while_it_is_up(up: Command) -> None:
    refused = up.run("up", "--port", str(free_port()), code=2)

    assert "mailroom down" in refused.stderr
    assert is_up(up)


def test_a_change_of_the_state_machine_is_deployed(up: Command) -> None:
    definition = up.checkout / "infra" / "asl.json"
    before = definition.read_text()
    definition.write_text(json.dumps({**json.loads(before), "Comment": "changed by a test"}))

    try:
        changed = up.run("up").stderr
        environment = connect(Project(up.checkout, up.state))
        machine = environment.session.client("stepfunctions").describe_state_machine(
            stateMachineArn=environment.outputs["MessageWorkflowArn"]
        )
    finally:
        definition.write_text(before)
        up.run("up")

    assert "nothing to change" not in changed
    assert json.loads(machine["definition"])["Comment"] == "changed by a test"


def test_a_deployment_that_fails_says_why_and_leaves_what_was_there_before(up: Command) -> None:
    template = up.checkout / "infra" / "template.yml"
    before = template.read_text()
    template.write_text(before.replace("\nResources:\n", f"\nResources:\n{FAILING}", 1))

    try:
        failed = up.run("up", code=1)
    finally:
        template.write_text(before)
    status = up.json("status")
    sent = up.send([alert()])
    again = up.run("up").stderr

    assert "FailingFunction (AWS::Lambda::Function)" in failed.stderr
    assert "HandlerErrorCode: InvalidRequest" in failed.stderr
    assert status["topology"]["state"] == "up"
    assert sent["alert"]["ingested"] == 1
    assert "nothing to change" in again


FAILING = """\
  FailingFunction:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      Role: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/none
      Code:
        S3Bucket: there-is-no-such-bucket
        S3Key: nothing
"""


def test_a_definition_that_is_broken_is_refused_with_its_line(up: Command) -> None:
    definition = up.checkout / "infra" / "asl.json"
    before = definition.read_text()
    definition.write_text("{\n!")

    try:
        refused = up.run("up", code=2)
    finally:
        definition.write_text(before)

    assert "asl.json:2: not JSON" in refused.stderr
    assert is_up(up)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("template.yml", "LifecycleConfiguration:", "Lifecycles:", "'Lifecycles' was unexpected"),
        ("asl.json", '"StartAt": "Begin', '"StartAt": "Begn', "StartAt names 'BegnPublishing'"),
    ],
)
def test_what_aws_would_refuse_is_not_deployed(
    up: Command, file: str, right: str, wrong: str, said: str
) -> None:
    definition = up.checkout / "infra" / file
    text = definition.read_text()
    line = text.partition(right)[0].count("\n") + 1
    before = up.json("status")

    definition.write_text(text.replace(right, wrong, 1))
    try:
        refused = up.run("up", code=2).stderr
        again = up.run("up", code=2).stderr
    finally:
        definition.write_text(text)

    for output in (refused, again):
        assert "AWS would refuse the definitions" in output
        assert f"infra/{file}:{line}: " in output
        assert said in output
    assert up.json("status") == before
    assert "nothing to change" in up.run("up").stderr


def test_what_aws_would_refuse_leaves_nothing_up_that_was_down(mailroom: Command) -> None:
    mailroom.run("down")
    definition = mailroom.checkout / "infra" / "template.yml"
    text = definition.read_text()

    definition.write_text(text.replace("LifecycleConfiguration:", "Lifecycles:", 1))
    try:
        refused = mailroom.run("up", code=2).stderr
    finally:
        definition.write_text(text)

    assert "'Lifecycles' was unexpected" in refused
    assert is_free(mailroom.port)
    assert not working_in(mailroom.state)


def test_what_aws_takes_and_check_does_not_is_deployed_with_a_warning(up: Command) -> None:
    definition = up.checkout / "infra" / "asl.json"
    text = definition.read_text()

    machine = json.loads(text)
    del machine["States"]["PublishMessages"]["Retry"]
    definition.write_text(json.dumps(machine, indent=2))
    try:
        said = up.run("up").stderr
    finally:
        definition.write_text(text)
        up.run("up")

    assert "✓ Topology" in said
    assert "warning: infra/asl.json:" in said
    assert "(task-retry)" in said
    assert "mailroom check" in said


def test_consumption_by_events_is_one_parameter_away(up: Command) -> None:
    events = mixed(20)

    try:
        up.run("up", "--parameter", "Consumption=events")
        result = up.send(events)
    finally:
        up.run("up", "--unset", "Consumption")

    assert result["alert"]["ingested"] + result["notification"]["ingested"] == 20


def test_packaged_runs_exactly_the_zip(up: Command) -> None:
    up.run("up", "--packaged")
    try:
        environment = connect(Project(up.checkout, up.state))
        configuration = environment.session.client("lambda").get_function_configuration(
            FunctionName=environment.outputs["ProcessMessagesFunctionName"]
        )
        result = up.send(mixed(10))
    finally:
        up.run("up")

    [archive] = (up.state / "build").glob("functions-*.zip")
    assert base64.b64decode(configuration["CodeSha256"]).hex() in archive.name
    assert result["alert"]["ingested"] + result["notification"]["ingested"] == 10


def test_a_send_that_loses_its_engine_says_so(up: Command, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text("".join(f"{json.dumps(e)}\n" for e in mixed(500)))

    sending = up.start("send", str(tmp_path / "events.jsonl"), output=tmp_path / "output")
    until(lambda: "batch" in (tmp_path / "output").read_text(), "the start of the batch")
    os.kill(up.json("status")["LocalStack"]["pid"], signal.SIGKILL)

    assert sending.wait(60) == 1
    output = (tmp_path / "output").read_text()
    assert "the environment ended before batch" in output
    assert "waits in its queues, or is ingested already" in output
    assert "mailroom up" in output
    assert "Traceback" not in output


def working_in(folder: Path) -> list[psutil.Process]:
    """The processes whose working directory is a folder, or lies in it."""
    found = []
    for process in psutil.process_iter(["cwd"]):
        cwd = process.info["cwd"]
        if cwd and Path(cwd).is_relative_to(folder):
            found.append(process)
    return found
