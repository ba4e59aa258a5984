"""Secrets after LocalStack was killed: their values, versions and ARNs."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.durable_engine import DurableEngine, durable_engine


def create(engine: DurableEngine, **value: Any) -> str:
    """Create a secret, as a script does that runs at each start; its ARN."""
    client = engine.session.client("secretsmanager")
    return str(client.create_secret(Name="key", **value)["ARN"])


def deploy(engine: DurableEngine) -> str:
    """Deploy a stack with a secret whose value CloudFormation generates; the secret's ARN."""
    properties = {"GenerateSecretString": {"PasswordLength": 20}}
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": properties}
    client = engine.session.client("cloudformation")
    client.create_stack(StackName="s", TemplateBody=json.dumps({"Resources": {"Key": secret}}))
    client.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig={"Delay": 1})
    found = client.describe_stack_resource(StackName="s", LogicalResourceId="Key")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def read(engine: DurableEngine, arn: str, stage: str = "AWSCURRENT") -> tuple[Any, str]:
    """The value of a secret, and the id of its version."""
    client = engine.session.client("secretsmanager")
    found = client.get_secret_value(SecretId=arn, VersionStage=stage)
    return found.get("SecretString") or found["SecretBinary"], found["VersionId"]


def put(engine: DurableEngine, arn: str, **value: Any) -> None:
    """Put a value of a secret."""
    engine.session.client("secretsmanager").put_secret_value(SecretId=arn, **value)


def test_a_value_that_was_put_is_there_after_localstack_was_killed(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        arn = deploy(engine)
        generated = read(engine, arn)
        put(engine, arn, SecretString="of my own")
        mine = read(engine, arn)

        engine.restart()
        assert deploy(engine) == arn

        assert read(engine, arn) == mine
        assert mine[0] == "of my own"
        assert read(engine, arn, "AWSPREVIOUS") == generated


def test_a_value_that_was_generated_stays(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        arn = deploy(engine)
        generated = read(engine, arn)

        engine.restart()
        assert deploy(engine) == arn

        assert read(engine, arn) == generated


@pytest.mark.parametrize(
    ("again", "current", "previous"),
    [
        ({"SecretBinary": b"\xff1"}, b"\xff2", b"\xff1"),
        ({"SecretString": "new"}, "new", b"\xff2"),
    ],
)
def test_a_secret_that_is_created_with_another_value_has_that_one(
    tmp_path: Path, again: dict[str, Any], current: Any, previous: Any
) -> None:
    with durable_engine(tmp_path) as engine:
        arn = create(engine, SecretBinary=b"\xff1")
        put(engine, arn, SecretBinary=b"\xff2")

        engine.restart()
        assert create(engine, **again) == arn

        assert read(engine, arn)[0] == current
        assert read(engine, arn, "AWSPREVIOUS")[0] == previous


def test_a_secret_that_was_deleted_is_gone(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        arn = create(engine, SecretString="first")
        client = engine.session.client("secretsmanager")
        client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)

        engine.restart()
        create(engine, SecretString="first")
        versions = engine.session.client("secretsmanager").list_secret_version_ids(SecretId="key")

        assert len(versions["Versions"]) == 1
        assert versions["ARN"] != arn


def test_a_rotated_secret_takes_the_next_value(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        arn = create(engine, SecretString="one")
        old = read(engine, arn)[1]
        put(engine, arn, SecretString="two", VersionStages=["AWSPENDING"])
        new = read(engine, arn, "AWSPENDING")[1]
        engine.session.client("secretsmanager").update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=new, RemoveFromVersionId=old
        )

        engine.restart()
        create(engine, SecretString="one")
        rotated = read(engine, arn)
        put(engine, arn, SecretString="three")

        assert rotated == ("two", new)
        assert read(engine, arn)[0] == "three"
        assert read(engine, arn, "AWSPREVIOUS")[0] == "two"


def test_a_secret_that_is_about_to_be_deleted_is_restored_as_it_was(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        arn = create(engine, SecretString="one")
        put(engine, arn, SecretString="two")
        engine.session.client("secretsmanager").delete_secret(SecretId=arn)

        engine.restart()
        create(engine, SecretString="one")

        assert read(engine, arn)[0] == "two"


def test_replicas_have_the_arn_that_follows_from_the_secrets(tmp_path: Path) -> None:
    regions = {"AddReplicaRegions": [{"Region": "eu-west-1"}]}
    with durable_engine(tmp_path) as engine:
        arn = create(engine, SecretString="one", **regions)

        engine.restart()
        create(engine, SecretString="one", **regions)
        there = engine.session.client("secretsmanager", region_name="eu-west-1")

        assert there.describe_secret(SecretId="key")["ARN"] == arn.replace("us-east-1", "eu-west-1")
