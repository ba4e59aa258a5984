"""A function sees Lambda's world and nothing of LocalStack's."""

from pathlib import Path

import pytest
from mailroom_localstack.executor.function_settings import function_variables
from mailroom_localstack.executor.processes.process_pool import ProcessPool
from mailroom_localstack.executor.processes.supervisor import Supervisor

from .conftest import MakeFunction

REPORT = """
    import os, sys

    def handler(event, context):
        return {
            "variables": dict(os.environ),
            "folder": os.getcwd(),
            "path": sys.path,
            "stdin": sys.stdin.read(),
            "encoding": sys.stdout.encoding,
        }
"""


def test_a_function_sees_only_lambdas_variables_and_its_own(
    make_function: MakeFunction, monkeypatch: pytest.MonkeyPatch, task_root: Path
) -> None:
    monkeypatch.setenv("SECRET_OF_LOCALSTACK", "leaked")
    function = make_function(REPORT, own={"TOPIC_ARN": "arn:topic"})

    variables = function.invoke().value["variables"]

    variables.pop("LC_CTYPE", None)  # Python sets it where the system lacks LANG's locale.
    assert variables.keys() == {
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "LD_LIBRARY_PATH",
        "PATH",
        "TMPDIR",
        "TOPIC_ARN",
        "_X_AMZN_TRACE_ID",
    }
    assert variables["PATH"] == "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["LAMBDA_TASK_ROOT"] == str(task_root)


def test_what_configures_localstacks_interpreter_does_not_reach_the_functions(
    make_function: MakeFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/leaked")

    value = make_function(REPORT, process_pool=ProcessPool(Supervisor())).invoke().value

    assert "/leaked" not in value["path"]


def test_a_function_runs_in_its_code_and_imports_it_before_all_else(
    make_function: MakeFunction, task_root: Path
) -> None:
    (task_root / "boto3.py").write_text("ORIGIN = 'packaged'")
    function = make_function("""
        import boto3, os

        def handler(event, context):
            return [boto3.ORIGIN, os.getcwd()]
    """)

    assert function.invoke().value == ["packaged", str(task_root)]


def test_a_function_cannot_import_what_only_localstack_or_the_project_has(
    make_function: MakeFunction,
) -> None:
    function = make_function("""
        import importlib.util

        def handler(event, context):
            names = ["psutil", "localstack", "mailroom_localstack", "guard", "boto3"]
            return [name for name in names if importlib.util.find_spec(name)]
    """)

    assert function.invoke().value == ["boto3"]


def test_a_function_has_no_input_and_writes_utf8(make_function: MakeFunction) -> None:
    value = make_function(REPORT).invoke().value

    assert value["stdin"] == ""
    assert value["encoding"].lower() == "utf-8"


def test_a_variable_for_the_interpreter_is_there_when_it_starts(
    make_function: MakeFunction, tmp_path: Path
) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 1")
    function = make_function(
        "import beside\ndef handler(event, context): return beside.VALUE",
        own={"PYTHONPATH": str(tmp_path)},
    )

    assert function.invoke().value == 1


def test_libraries_of_a_function_are_found_as_in_lambda(
    make_function: MakeFunction, task_root: Path
) -> None:
    plain = make_function().settings.interpreter_variables
    (task_root / "lib").mkdir()
    with_libraries = make_function().settings.interpreter_variables

    assert plain == {}
    assert with_libraries == {"LD_LIBRARY_PATH": f"{task_root}:{task_root}/lib"}


def test_each_environment_has_a_private_folder_that_ends_with_it(
    make_function: MakeFunction,
) -> None:
    source = """
        import pathlib, tempfile

        def handler(event, context):
            folder = pathlib.Path(tempfile.gettempdir())
            seen = sorted(entry.name for entry in folder.iterdir())
            (folder / event).touch()
            return [str(folder), seen]
    """
    one, other = make_function(source), make_function(source)

    folder, seen = one.invoke("a").value
    same_folder, seen_again = one.invoke("b").value
    other_folder, seen_by_other = other.invoke("c").value
    one.environment.stop()

    assert (same_folder, seen, seen_again) == (folder, [], ["a"])
    assert other_folder != folder
    assert seen_by_other == []
    assert not Path(folder).exists()


def test_a_function_may_open_1024_files(make_function: MakeFunction) -> None:
    function = make_function("""
        import resource

        def handler(event, context):
            return resource.getrlimit(resource.RLIMIT_NOFILE)
    """)

    assert function.invoke().value == [1024, 1024]


def test_a_function_is_told_of_its_invocation(make_function: MakeFunction) -> None:
    function = make_function(
        """
        import os

        def handler(event, context):
            remaining = context.get_remaining_time_in_millis()
            return [context.aws_request_id, context.invoked_function_arn, remaining,
                    os.environ["_X_AMZN_TRACE_ID"], event]
        """,
        timeout_seconds=7,
    )
    function.invoke()

    result = function.invoke({"a": "é"})

    request_id, arn, remaining, trace_id, event = result.value
    assert request_id == result.request_id
    assert arn.endswith(":function:under-test")
    assert 6_000 < remaining <= 7_000
    assert trace_id == "Root=1-2-3"
    assert event == {"a": "é"}


def test_what_is_localstacks_own_is_dropped_and_the_functions_own_wins(tmp_path: Path) -> None:
    given = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": 128,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": 3,
        "LOCALSTACK_RUNTIME_ID": "x",
        "EDGE_PORT": "4566",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LANG": "C",
    }

    variables = function_variables(given, {"LOCALSTACK_MINE": "1"}, "python3.13", tmp_path)

    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "128"
    assert variables["LAMBDA_TASK_ROOT"] == str(tmp_path)
    assert variables["LOCALSTACK_MINE"] == "1"
    assert not variables.keys() & {
        "LOCALSTACK_RUNTIME_ID",
        "EDGE_PORT",
        "AWS_LAMBDA_FUNCTION_TIMEOUT",
    }
