"""What can't run here is refused when it is deployed, with the reason and what to do."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.deployment.stack import Stack
from mailroom.environments.environment import Environment
from mailroom.errors import DeploymentFailed
from mailroom.packaging.dependencies import host_architecture
from tests.support.functions import HANDLER, RUNTIME, Functions

SOURCE = "def handler(event, context): ..."


@pytest.mark.parametrize("runtime", ["nodejs22.x", "python3.12"])
def test_a_runtime_that_is_not_there_is_refused_with_those_that_are(
    functions: Functions, runtime: str
) -> None:
    known = functions.declare(SOURCE, Runtime=runtime).settled()

    assert known["State"] == "Failed"
    assert f"runtime {runtime}" in known["StateReason"]
    assert RUNTIME in known["StateReason"]
    assert "LAMBDA_PROCESS_RUNTIMES" in known["StateReason"]


def test_a_function_that_was_refused_can_not_be_invoked(functions: Functions) -> None:
    function = functions.declare(SOURCE, Runtime="nodejs22.x")
    function.settled()

    with pytest.raises(functions.client.exceptions.ResourceConflictException, match="Failed"):
        function.invoke()


def test_an_architecture_that_is_not_the_hosts_is_refused(functions: Functions) -> None:
    [other] = {"x86_64", "arm64"} - {host_architecture()}

    known = functions.declare(SOURCE, Architectures=[other]).settled()

    assert known["State"] == "Failed"
    assert f"Architecture {other} can't run on this machine" in known["StateReason"]


def test_a_live_folder_that_is_not_there_is_refused(functions: Functions, tmp_path: Path) -> None:
    known = functions.declare(tmp_path / "missing").settled()

    assert known["State"] == "Failed"
    assert str(tmp_path / "missing") in known["StateReason"]


@pytest.fixture
def stack(environment: Environment) -> Iterator[Stack]:
    """A stack that is gone at the end."""
    stack = Stack(environment.session.client("cloudformation"), f"test-{uuid.uuid4()}")
    yield stack
    stack.delete()


def test_a_stack_with_a_runtime_that_is_not_there_fails_with_the_reason(
    functions: Functions, stack: Stack
) -> None:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Role": functions.role,
            "Runtime": "nodejs22.x",
            "Handler": HANDLER,
            "Code": {"ZipFile": "exports.handler = async () => {}"},
            "Architectures": [host_architecture()],
        },
    }
    template = json.dumps({"Resources": {"Function": function}})

    with pytest.raises(DeploymentFailed) as failure:
        stack.deploy(template, {}, {})

    assert "Function" in str(failure.value)
    assert "runtime nodejs22.x" in f"{failure.value} {failure.value.hint}"
