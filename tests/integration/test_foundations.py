"""`mailroom setup`: the alarm topic, and the database's parameters."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailroom.deployment.change_set import Change, Kind
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.deployment.stack import Stack
from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.promotion.account import Account
from mailroom.promotion.buckets import set_up_bucket
from mailroom.promotion.deletion import delete_bucket
from mailroom.promotion.foundations import deploy_alarms, deploy_database

# RDS is not in LocalStack: a queue takes the cluster's place.
DATABASE = """
Parameters:
  Protected: {Type: String}
  MinimumCapacity: {Type: Number, Default: 1}
  MaximumCapacity: {Type: Number, Default: 4, MaxValue: 256}
Resources:
  Cluster:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: !Ref MinimumCapacity, VisibilityTimeout: !Ref MaximumCapacity}
"""


class Agreeing:
    """Agrees to everything, and keeps what it was shown."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def notice(self, text: str) -> None:
        self.said.append(text)

    def resource(self, event: object) -> None:
        """Nothing of a resource's events is looked at."""

    def changes(self, stack: str, changes: tuple[Change, ...]) -> None:
        self.said += [f"{change.kind}: {change.logical_id}" for change in changes]

    def waiting_for(self, what: str) -> Any:
        return nullcontext()

    def confirm(self, question: str) -> bool:
        return True


@pytest.fixture
def account(environment: Environment) -> Iterator[Account]:
    """An account whose file names stacks for alarms and for a database."""
    session, name = environment.session, f"mailroom-test-{uuid.uuid4().hex[:8]}"
    identity = session.client("sts").get_caller_identity()
    config = EnvironmentConfig(
        "test", session.region_name, name, alarms=f"{name}-alarms", database=f"{name}-database"
    )
    account = Account(config, session, identity["Account"], identity["Arn"])
    account = replace(account, config=replace(config, bucket=name))
    set_up_bucket(account)
    yield account
    for stack in (config.alarms, config.database):
        Stack(session.client("cloudformation"), stack or "").delete()
    delete_bucket(account)


@pytest.fixture
def with_queue(project: Project, tmp_path: Path) -> Project:
    """A checkout whose database is a queue."""
    shutil.copytree(project.root / "infra", tmp_path / "infra")
    (tmp_path / "infra" / "database.yml").write_text(DATABASE)
    return replace(project, root=tmp_path)


def parameters(account: Account) -> dict[str, str]:
    stack = Stack(account.session.client("cloudformation"), account.config.database or "")
    deployed = stack.deployed()
    assert deployed
    return dict(deployed.parameters)


def with_parameters(account: Account, **said: str) -> Account:
    return replace(account, config=replace(account.config, database_parameters=said))


def test_alarms_are_mailed_to_an_address_once_it_is_confirmed(
    project: Project, account: Account
) -> None:
    reporter = Agreeing()

    deploy_alarms(project, account, "you@example.com", reporter)
    deploy_alarms(project, account, "you@example.com", reporter)

    stack = Stack(account.session.client("cloudformation"), account.config.alarms or "")
    topic = stack.outputs()["AlarmTopicArn"]
    sns = account.session.client("sns")
    [subscription] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "you@example.com")
    mailed = [text for text in reporter.said if "link" in text]
    assert len(mailed) == 1
    assert "nothing to change" in reporter.said[-1]


def test_what_is_no_address_is_refused(project: Project, account: Account) -> None:
    with pytest.raises(Refused, match="Address"):
        deploy_alarms(project, account, "nowhere", Agreeing())


def test_what_the_file_does_not_say_of_the_database_keeps_its_value(
    with_queue: Project, account: Account
) -> None:
    said = with_parameters(account, MinimumCapacity="2", MaximumCapacity="8")
    deploy_database(with_queue, said, Agreeing())

    deploy_database(with_queue, with_parameters(account, MaximumCapacity="16"), Agreeing())

    kept = parameters(account)
    assert (kept["MinimumCapacity"], kept["MaximumCapacity"]) == ("2", "16")


def test_a_parameter_that_the_database_does_not_take_is_refused(
    with_queue: Project, account: Account
) -> None:
    with pytest.raises(Refused, match="MaximumCapacity: '300' is more than 256"):
        deploy_database(with_queue, with_parameters(account, MaximumCapacity="300"), Agreeing())


def test_a_replacement_is_refused_unless_the_stack_is_named(
    with_queue: Project, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy_database(with_queue, account, Agreeing())
    plan = Stack.plan

    def replaces(self: Stack, *args: Any) -> Any:
        # LocalStack's change sets don't say what is replaced.
        change_set = plan(self, *args)
        assert change_set
        return replace(change_set, changes=(Change(Kind.replaced, "Cluster", "AWS::SQS::Queue"),))

    monkeypatch.setattr(Stack, "plan", replaces)
    changed = with_parameters(account, MaximumCapacity="9")

    with pytest.raises(Refused, match="Cluster") as refusal:
        deploy_database(with_queue, changed, Agreeing())
    refused = parameters(account)["MaximumCapacity"]
    deploy_database(with_queue, changed, Agreeing(), replace=account.config.database or "")

    assert f"--replace {account.config.database}" in refusal.value.hint
    assert refused == "4"
    assert parameters(account)["MaximumCapacity"] == "9"
