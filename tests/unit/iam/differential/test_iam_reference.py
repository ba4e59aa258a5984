"""What a call is said to need is in AWS's service authorization reference."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from mailroom_rules.actions import Permission, Scope, required_permissions

HERE = Path(__file__).parent
MODELS = {
    **{name: name for name in ("sns", "sqs", "s3", "secretsmanager", "lambda", "logs", "kms")},
    **{"sts": "sts", "cloudwatch": "cloudwatch", "states": "stepfunctions"},
}
# In botocore's model, and not yet in the reference.
NEWER = {
    *("AssociateCrossAccountReplica", "DisassociateCrossAccountReplica", "ListResourcePolicies"),
    *("Decapsulate", "Encapsulate", "DescribeAlarmContributors"),
}


@pytest.fixture(scope="module")
def reference(node: str) -> dict[str, dict[str, bool]]:
    """By service and action, whether the action must have a resource."""
    command = [node, str(HERE / "reference.mjs")]
    asked = json.dumps(list(MODELS))
    done = subprocess.run(command, input=asked, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    read: dict[str, dict[str, bool]] = json.loads(done.stdout)
    return read


def needed(service: str) -> list[Permission]:
    """What every operation of a service needs, its parameters filled with any strings."""
    model = Session().get_service_model(MODELS[service])
    permissions: list[Permission] = []
    for operation in model.operation_names:
        shape: Any = model.operation_model(operation).input_shape
        members = shape.members if shape else {}
        params = {
            name: "arn:aws:x:r:1:y" if name.lower().endswith("arn") else "x"
            for name, member in members.items()
            if member.type_name == "string"
        }
        permissions += required_permissions(service, operation, params, Scope("r", "1"))
    return permissions


@pytest.mark.parametrize("service", MODELS)
def test_every_known_action_is_in_the_reference(
    service: str, reference: dict[str, dict[str, bool]]
) -> None:
    own = [item for item in needed(service) if item.known and item.action.startswith(service)]
    actions = {item.action.partition(":")[2] for item in own}

    missing = actions - set(reference[service]) - NEWER

    assert not missing


@pytest.mark.parametrize("service", MODELS)
def test_an_action_that_must_have_a_resource_gets_one(
    service: str, reference: dict[str, dict[str, bool]]
) -> None:
    bare = {item.action for item in needed(service) if item.known and item.resource == "*"}

    without = {
        f"{service}:{action}" for action, must in reference[service].items() if must
    } & bare - {"states:CreateStateMachineAlias"}  # its resource is in a list

    assert not without
