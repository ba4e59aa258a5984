"""A function sees what it would see in Lambda, and nothing of the machine that it runs on."""

from pathlib import Path

import pytest

from tests.support.flow import until
from tests.support.functions import RUNTIME, Functions

WORLD = """
    import os, sys

    def handler(event, context):
        return {"variables": dict(os.environ), "folder": os.getcwd(), "version": sys.version_info[:2]}
"""
FOLDER = """
    import pathlib, tempfile

    def handler(event, context):
        folder = pathlib.Path(tempfile.gettempdir())
        (folder / event).touch()
        return [str(folder), sorted(entry.name for entry in folder.iterdir())]
"""
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
OF_LAMBDA = {
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "TZ",
    "_AWS_XRAY_DAEMON_ADDRESS",
    "_AWS_XRAY_DAEMON_PORT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
}
OF_THE_EMULATOR = {"AWS_ENDPOINT_URL", "LOCALSTACK_HOSTNAME", "TMPDIR"}


def test_a_function_has_lambdas_variables_and_its_own_and_no_others(functions: Functions) -> None:
    function = functions.make(WORLD, variables={"TOPIC": "t"}, MemorySize=192)

    variables = function.invoke().value["variables"]

    variables.pop("LC_CTYPE", None)  # Python sets it where the system lacks LANG's locale.
    assert variables.keys() <= OF_LAMBDA | OF_THE_EMULATOR | {"TOPIC"}
    assert variables.keys() >= OF_LAMBDA | {"TOPIC"}
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == function.name
    assert variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "192"
    assert variables["AWS_EXECUTION_ENV"] == f"AWS_Lambda_{RUNTIME}"


def test_a_function_runs_in_its_code_with_the_python_of_its_runtime(functions: Functions) -> None:
    world = functions.make(WORLD).invoke().value

    assert world["folder"] == world["variables"]["LAMBDA_TASK_ROOT"]
    assert world["version"] == [3, 13]


def test_a_function_acts_as_its_role(functions: Functions) -> None:
    function = functions.make("""
        import boto3

        def handler(event, context):
            return boto3.client("sts").get_caller_identity()["Arn"]
    """)

    role = functions.role.rpartition("/")[2]
    assert f":assumed-role/{role}/" in function.invoke().value


def test_a_function_imports_what_it_packaged_and_what_the_runtime_has_and_nothing_else(
    functions: Functions,
) -> None:
    function = functions.make(
        """
        import importlib.util

        def handler(event, context):
            return [name for name in event if importlib.util.find_spec(name)]
        """,
        modules={"packaged": ""},
    )

    found = function.invoke(["packaged", "boto3", "localstack", "mailroom_localstack", "pydantic"])

    assert found.value == ["packaged", "boto3"]


def test_a_function_has_a_temporary_folder_of_its_own_for_as_long_as_it_lives(
    functions: Functions,
) -> None:
    one, other = functions.make(FOLDER), functions.make(FOLDER)

    folder, _ = one.invoke("a").value
    again = one.invoke("b").value
    other_folder, seen_by_other = other.invoke("c").value
    functions.delete()

    assert again == [folder, ["a", "b"]]
    assert other_folder != folder
    assert seen_by_other == ["c"]
    until(lambda: not Path(folder).exists(), f"the end of {folder}", 15)


@pytest.mark.parametrize("place", ["LAMBDA_TASK_ROOT", "HOME_OF_THE_TEST"])
def test_a_function_can_write_nowhere_but_in_its_temporary_folder(
    functions: Functions, tmp_path: Path, place: str
) -> None:
    pytest.skip("not yet")
