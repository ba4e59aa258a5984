"""A function sees what it would see in Lambda, and nothing of the machine that it runs on."""

import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from mailroom_localstack.executor.processes.filesystem_sandbox import available

from tests.support.flow import until
from tests.support.functions import RUNTIME, Functions

WORLD = """
    import os, sys

    def handler(event, context):
        version = sys.version_info[:2]
        return {"variables": dict(os.environ), "folder": os.getcwd(), "version": version}
"""
WRITES = """
    import os, pathlib, uuid

    def handler(event, context):
        return [attempt(pathlib.Path(os.path.expandvars(place))) for place in event]

    def attempt(place):
        target = place / str(uuid.uuid4()) if place.is_dir() else place
        try:
            target.write_text("written")
            if place.is_dir():
                target.rename(target.with_suffix(".txt")).unlink()
        except OSError as error:
            return type(error).__name__
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
OF_THE_EMULATOR = {
    *("AWS_ENDPOINT_URL", "AWS_DISABLE_HOST_PREFIX_INJECTION", "LOCALSTACK_HOSTNAME", "TMPDIR"),
}


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


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that is not in /tmp."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.skipif(not available(), reason="this system has no Landlock")
@pytest.mark.usefixtures("same_files")
def test_a_function_can_write_in_tmp_and_nowhere_else(functions: Functions, outside: Path) -> None:
    code = outside / "code"
    code.mkdir()
    (code / "app.py").write_text(textwrap.dedent(WRITES))
    function = functions.make(code)

    allowed = function.invoke(["/tmp", "$TMPDIR"])
    refused = function.invoke(["$LAMBDA_TASK_ROOT", str(outside), "/dev/shm"])

    assert allowed.value == [None, None]
    assert refused.value == ["PermissionError"] * 3
    assert list(outside.iterdir()) == [code]
    assert function.invoke(["/dev/null"]).error is None
