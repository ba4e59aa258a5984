"""A stack that is made again has the queues that it had, also after a creation that failed."""

import json
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from tests.support.durable_engine import DurableEngine, durable_engine

QUEUE = {"Type": "AWS::SQS::Queue"}
# A queue can't have this delay.
BROKEN = {
    "Type": "AWS::SQS::Queue",
    "DependsOn": ["Kept", "Bucket"],
    "Properties": {"DelaySeconds": 901},
}
GOOD = {"Kept": QUEUE, "Bucket": {"Type": "AWS::S3::Bucket"}}


def deploy(engine: DurableEngine, **resources: Any) -> dict[str, str]:
    """Create a stack; the physical ids of its resources, or nothing if the creation failed."""
    client = engine.session.client("cloudformation")
    client.create_stack(StackName="kept", TemplateBody=json.dumps({"Resources": resources}))
    try:
        client.get_waiter("stack_create_complete").wait(StackName="kept", WaiterConfig={"Delay": 1})
    except WaiterError:
        client.delete_stack(StackName="kept")
        client.get_waiter("stack_delete_complete").wait(StackName="kept", WaiterConfig={"Delay": 1})
        return {}
    listed = client.describe_stack_resources(StackName="kept")["StackResources"]
    return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}


def test_a_creation_that_fails_loses_nothing_of_before(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        first = deploy(engine, **GOOD)
        engine.sqs.send_message(QueueUrl=first["Kept"], MessageBody="kept")
        s3 = engine.session.client("s3")
        s3.put_object(Bucket=first["Bucket"], Key="key", Body=b"kept")

        engine.restart()
        failed = deploy(engine, **GOOD, Broken=BROKEN)
        again = deploy(engine, **GOOD)
        assert again == first
        s3 = engine.session.client("s3")
        content = s3.get_object(Bucket=again["Bucket"], Key="key")["Body"].read()

        assert failed == {}
        assert engine.bodies(again["Kept"]) == ["kept"]
        assert content == b"kept"


def test_a_stack_that_was_deleted_leaves_nothing(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        first = deploy(engine, Kept=QUEUE)
        engine.sqs.send_message(QueueUrl=first["Kept"], MessageBody="gone")
        client = engine.session.client("cloudformation")
        client.delete_stack(StackName="kept")
        client.get_waiter("stack_delete_complete").wait(StackName="kept", WaiterConfig={"Delay": 1})

        engine.restart()
        again = deploy(engine, Kept=QUEUE)

        assert again != first
        assert engine.bodies(again["Kept"]) == []
