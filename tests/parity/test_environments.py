"""Lambda: what a function has around it."""

from typing import Any

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made.functions import Functions
from tests.support.functions import Function

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
API = "https://docs.aws.amazon.com/lambda/latest/api"


@pytest.mark.behaviour(f"{GUIDE}/configuration-envvars.html")
def test_a_function_has_the_variables_of_its_configuration_and_those_of_lambda(
    functions: Functions,
) -> None:
    function = functions.make(
        "import os\ndef handler(event, context): return dict(os.environ)",
        Environment={"Variables": {"TOPIC_ARN": "é 1"}},
    )

    found = function.invoke().value

    assert found["TOPIC_ARN"] == "é 1"
    assert found["AWS_LAMBDA_FUNCTION_NAME"] == function.name
    assert found["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert found["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert found["_HANDLER"] == "app.handler"
    assert {"AWS_REGION", "AWS_ACCESS_KEY_ID", "LAMBDA_TASK_ROOT"} <= found.keys()


@pytest.mark.behaviour(f"{GUIDE}/lambda-intro-execution-role.html")
def test_a_function_acts_as_its_role(functions: Functions, probe: Function) -> None:
    role = functions.role.rpartition("/")[2]

    caller = probe.invoke({"do": "whoami"}).value

    assert f":assumed-role/{role}/{probe.name}" in caller


@pytest.mark.behaviour(f"{GUIDE}/configuration-ephemeral-storage.html")
@pytest.mark.differs("only where the system has no Landlock", needs="landlock")
def test_a_function_can_write_to_its_temporary_folder_and_nowhere_else(probe: Function) -> None:
    temporary = probe.invoke({"do": "write"})
    elsewhere = probe.invoke({"do": "write", "folder": "/var/tmp"})

    assert temporary.error is None
    assert elsewhere.error == "Unhandled"
    assert elsewhere.value["errorType"] in ("OSError", "PermissionError", "FileNotFoundError")


@pytest.mark.behaviour(f"{GUIDE}/lambda-runtimes.html")
def test_a_function_runs_on_the_python_that_its_runtime_names(probe: Function) -> None:
    assert probe.invoke({"do": "version"}).value == [3, 13]


@pytest.mark.behaviour(f"{API}/API_CreateFunction.html")
def test_a_runtime_that_does_not_exist_is_refused(functions: Functions) -> None:
    given = functions.settings("handler = print", Runtime="python2.6")

    code = code_of(lambda: functions.client.create_function(**given))

    assert code == "InvalidParameterValueException"


@pytest.mark.behaviour(f"{GUIDE}/python-context.html")
def test_a_function_knows_how_much_time_it_has_left(probe: Function) -> None:
    left, arn = probe.invoke({"do": "remaining"}).value

    assert 15_000 < left <= 20_000
    assert arn == probe.arn


@pytest.mark.behaviour(f"{GUIDE}/python-package.html")
def test_a_dependency_that_was_not_packaged_is_missing_by_its_own_error(
    functions: Functions,
) -> None:
    result = functions.make("import pydantic\ndef handler(event, context): pass").invoke()

    assert result.error == "Unhandled"
    assert result.value["errorType"] == "Runtime.ImportModuleError"
    assert "No module named 'pydantic'" in result.value["errorMessage"]


@pytest.mark.behaviour(f"{GUIDE}/monitoring-cloudwatchlogs-loggroups.html")
def test_the_log_of_a_function_goes_to_the_log_group_of_its_configuration(
    functions: Functions, endpoint: Endpoint, log_group: str
) -> None:
    logs = endpoint.client("logs")
    function = functions.make(
        "def handler(event, context): print('heard')", LoggingConfig={"LogGroup": log_group}
    )

    function.invoke()

    def heard() -> list[Any]:
        found = logs.filter_log_events(logGroupName=log_group, filterPattern="heard")
        return list(found["events"])

    endpoint.until(heard, "the line in the log group")
