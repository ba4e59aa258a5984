"""Contracts are compared with commits, documents and what is deployed; migrations follow."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.promotion.account import Account
from mailroom.promotion.buckets import set_up_bucket
from mailroom.promotion.contracts import deployed_contract, require_compatible
from mailroom.promotion.deletion import delete_bucket
from mailroom.promotion.deploying import deploy_release
from mailroom.promotion.release import Release, build_release
from mailroom.types.contracts import contract
from tests.support.checkout import copy_checkout
from tests.support.command import Command

_TESTS = ["tests/integration/test_flow.py"]
_TEMPLATE = """
Parameters:
  CodeBucket: {Type: String}
  CodeKey: {Type: String}
  Architecture: {Type: String}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${AWS::StackName}"
"""


class Agreeing:
    """A reporter that says yes."""

    notice = resource = changes = staticmethod(lambda *_: None)
    waiting_for = staticmethod(lambda _: nullcontext())
    confirm = staticmethod(lambda _: True)


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """A checkout of the test's own, whose types are committed."""
    copy = copy_checkout(Project.find(), tmp_path, {})
    for command in (
        ("init", "-q"),
        ("add", "functions", "infra"),
        ("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "Types"),
    ):
        subprocess.run(["git", *command], cwd=copy.root, check=True)
    return copy


@pytest.fixture
def mailroom(copy: Project) -> Command:
    """The command in that checkout."""
    return Command(copy.root, copy.state)


@pytest.fixture
def up(copy: Project) -> Iterator[Command]:
    """The command in that checkout, and its environment, which is up."""
    command = Command(copy.root, copy.state, free_port())
    command.run("up")
    yield command
    command.run("reset", "--yes")


@pytest.fixture
def account(environment: Environment) -> Iterator[Account]:
    """An account with an artifact bucket and a stack of its own."""
    session = environment.session
    identity = session.client("sts").get_caller_identity()
    name = f"contracts-{uuid.uuid4().hex[:12]}"
    config = EnvironmentConfig("test", session.region_name, name, bucket=name)
    account = Account(config, session, identity["Account"], identity["Arn"])
    set_up_bucket(account)
    yield account
    session.client("cloudformation").delete_stack(StackName=name)
    delete_bucket(account)


@pytest.fixture
def environment_file(
    account: Account, copy: Project, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The file by which the command reaches that account, as the environment `test`."""
    config = account.config
    monkeypatch.setenv("AWS_ENDPOINT_URL", environment.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    parameters = {
        name: f"arn:aws:{service}:{config.region}:{account.id}:{kind}"
        for name, service, kind in (
            ("DatabaseSecretArn", "secretsmanager", "secret:owner"),
            ("PermissionsBoundaryArn", "iam", "policy/boundary"),
        )
    }
    file = copy.environments / "test.toml"
    file.write_text(
        f'region = "{config.region}"\nstack = "{config.stack}"\nbucket = "{config.bucket}"\n'
        f"tests = {_TESTS}\n"
        '[parameters]\nStage = "test"\nDatabaseHost = "127.0.0.1"\n'
        + "".join(f'{name} = "{value}"\n' for name, value in parameters.items())
    )
    return file


def add_fields(project: Project, text: str) -> None:
    model = project.functions / "message_types" / "alert" / "__init__.py"
    model.write_text(f"{model.read_text()}\n{text}")
    model.with_name("samples.jsonl").write_text("")


def test_a_contract_is_compared_with_a_commit_and_with_a_document(
    copy: Project, mailroom: Command, tmp_path: Path
) -> None:
    document = tmp_path / "contract.json"
    document.write_text(mailroom.run("types", "asyncapi").stdout)
    assert mailroom.json("types", "compare", "--with", "HEAD") == []

    add_fields(copy, "    team: str\n    room: Text | None = None\n")

    for place in ("HEAD", str(document)):
        found = mailroom.json("types", "compare", "--with", place, code=1)
        assert {(one["place"], one["breaks"]) for one in found} == {
            ("team", "producers"),
            ("team", "rows"),
            ("room", None),
        }


def test_what_is_no_contract_is_refused(mailroom: Command, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")

    for place, reason in ((str(other), "no contract"), ("no-such-ref", "neither a file nor")):
        refused = mailroom.run("types", "compare", "--with", place, code=2)
        assert reason in refused.stderr
    assert "--env NAME" in mailroom.run("types", "compare", code=2).stderr


def test_new_columns_become_a_migration_once(copy: Project, mailroom: Command) -> None:
    folder = copy.functions / "message_types" / "alert"
    add_fields(copy, '    level: Literal["a", "b\'c"] = "a"\n    room: Text | None = None\n')

    written = mailroom.run("types", "migrate").stdout.split()

    assert written == ["functions/message_types/alert/migrations/alert.0001.sql"]
    sql = (folder / "migrations" / "alert.0001.sql").read_text()
    assert sql.startswith("-- depends: 0005.batch-progress\n")
    assert """ADD COLUMN IF NOT EXISTS "level" text CHECK ("level" IN ('a', 'b''c'));""" in sql
    assert 'ADD COLUMN IF NOT EXISTS "room" text;' in sql
    assert mailroom.run("types", "migrate").stdout == ""


def test_a_breaking_change_of_what_is_deployed_is_refused_unless_its_type_is_named(
    account: Account, tmp_path: Path, copy: Project
) -> None:
    def release(number: int) -> Release:
        archive = tmp_path / f"functions-{number}.zip"
        archive.write_bytes(str(number).encode())
        return Release(archive, "x86_64", _TEMPLATE, json.dumps(contract(copy)))

    first = release(1)
    assert deployed_contract(account) is None
    require_compatible(account, first, [])
    deploy_release(account, first, Agreeing())

    add_fields(copy, "    team: str\n")

    assert deployed_contract(account) == json.loads(first.contract)
    with pytest.raises(Refused, match="alert") as refused:
        require_compatible(account, release(2), ["notification"])
    assert "alert.team is new and required (breaks producers)" in str(refused.value.hint)
    require_compatible(account, release(2), ["alert"])


@pytest.mark.usefixtures("environment_file")
def test_the_command_compares_and_promotes_to_what_is_deployed(
    account: Account, copy: Project, mailroom: Command
) -> None:
    undeployed = mailroom.run("types", "compare", "--env", "test", code=2)
    assert "no contract is deployed to test" in undeployed.stderr
    first = build_release(copy, account.architecture)
    deploy_release(account, replace(first, template=_TEMPLATE), Agreeing())
    assert mailroom.json("types", "compare", "--env", "test") == []

    model = copy.functions / "message_types" / "alert" / "__init__.py"
    model.write_text(model.read_text().replace('"low", ', ""))
    model.with_name("samples.jsonl").write_text("")
    second = build_release(copy, account.architecture)
    passed = copy.state / "passed" / f"{second.hash}.json"
    passed.parent.mkdir(parents=True)
    passed.write_text(json.dumps({"tests": _TESTS}))

    [change] = mailroom.json("types", "compare", "--env", "test", code=1)
    assert (change["type"], change["place"], change["breaks"]) == ("alert", "severity", "producers")
    for options in ((), ("--breaking", "notification")):
        refused = mailroom.run("promote", "--env", "test", "--yes", *options, code=2)
        assert "message types would break what is deployed: alert" in refused.stderr
        assert "--breaking alert" in refused.stderr
    # It goes on as far as the question that standard input doesn't answer.
    asked = mailroom.run("promote", "--env", "test", "--breaking", "alert", code=2)
    assert "would break" not in asked.stderr
    assert "added: AlertQueue (AWS::SQS::Queue)" in asked.stderr
    assert "no terminal to ask on" in asked.stderr
    client = account.session.client("cloudformation")
    changes = client.list_change_sets(StackName=account.config.stack)["Summaries"]
    assert [one["Status"] for one in changes if one["ExecutionStatus"] == "AVAILABLE"] == []


def test_a_generated_migration_is_applied_to_a_table_with_rows(copy: Project, up: Command) -> None:
    alert = {"specversion": "1.0", "source": "/tests", "type": "alert"}
    data = {"severity": "low", "summary": "before"}
    up.send([{**alert, "id": "1", "data": data}])
    add_fields(copy, "    room: Text | None = None\n")

    refused = up.run("up", code=2)
    assert "room" in refused.stderr
    up.run("types", "migrate")
    up.run("up")
    result = up.send([{**alert, "id": "2", "data": {**data, "room": "12"}}])

    assert result["alert"]["ingested"] == 1
    with psycopg.connect(connect(copy).database) as connection:
        rows = connection.execute("SELECT id, room FROM alerts ORDER BY id").fetchall()
    assert rows == [("1", None), ("2", "12")]
