"""Functions in Node.js: the rules of Lambda's runtime, kept by a client of our own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mailroom_localstack.executor.function_settings import function_variables
from mailroom_localstack.executor.layers import Layers
from mailroom_localstack.executor.programs import node_program, node_variables

from mailroom.packaging.runtimes import interpreter as interpreter_of
from mailroom.packaging.runtimes import provide_runtime
from mailroom.project import Project
from tests.unit.executor.conftest import Function, MakeFunction

RUNTIME = "nodejs22.x"
MEMORY_MB = 256
type MakeNode = Callable[..., Function]


@pytest.fixture(scope="session")
def node() -> Path:
    project = Project.find()
    provide_runtime(project, RUNTIME)
    return interpreter_of(project, RUNTIME)


@pytest.fixture
def make_node(node: Path, make_function: MakeFunction, task_root: Path) -> MakeNode:
    """Makes functions of the file app.js, or of another name."""

    def make(source: str, name: str = "app.js", handler: str = "app.handler", **own: str) -> Any:
        (task_root / name).write_text(source)
        layers = Layers([Path(own.pop("layer"))]) if "layer" in own else Layers()
        given = {"_HANDLER": handler, "AWS_LAMBDA_FUNCTION_NAME": "under-test"}
        variables = function_variables(given, own, RUNTIME, task_root, layers)
        return make_function(
            handler=handler,
            variables=node_variables(variables, node, RUNTIME, task_root, layers),
            program=node_program(node, MEMORY_MB),
            memory_mb=MEMORY_MB,
            layers=layers,
        )

    return make


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("app.js", "exports.handler = async (event) => ({ got: event });"),
        ("app.cjs", "exports.handler = async (event) => ({ got: event });"),
        ("app.mjs", "export const handler = async (event) => ({ got: event });"),
        ("app.js", "exports.handler = (event, context, done) => done(null, { got: event });"),
        ("app.js", "exports.handler = (e, c, done) => setTimeout(() => done(null, {got: e}), 5);"),
    ],
)
def test_a_function_answers(make_node: MakeNode, name: str, source: str) -> None:
    function = make_node(source, name)

    assert function.invoke({"a": 1}).value == {"got": {"a": 1}}
    assert function.invoke({"a": 2}).value == {"got": {"a": 2}}


def test_a_js_file_of_a_module_package_is_a_module(make_node: MakeNode, task_root: Path) -> None:
    (task_root / "package.json").write_text('{"type": "module"}')

    assert make_node("export const handler = async () => 'esm';").invoke().value == "esm"


def test_a_handler_may_be_in_a_folder_and_in_an_object(
    make_node: MakeNode, task_root: Path
) -> None:
    (task_root / "lib").mkdir()
    source = "exports.api = { get: async () => 'nested' };"

    assert make_node(source, "lib/app.js", "lib/app.api.get").invoke().value == "nested"


def test_no_answer_is_null(make_node: MakeNode) -> None:
    for source in ("async () => {}", "() => {}", "() => new Promise(() => {})"):
        result = make_node(f"exports.handler = {source};").invoke()

        assert (result.value, result.is_error) == (None, False)


def test_the_context_has_what_lambda_says(make_node: MakeNode) -> None:
    source = """exports.handler = async (event, context) => ({
        id: context.awsRequestId, arn: context.invokedFunctionArn, name: context.functionName,
        left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });"""

    result = make_node(source).invoke()

    assert result.value["id"] == result.request_id
    assert result.value["arn"].endswith(":under-test")
    assert result.value["name"] == "under-test"
    assert 5_000 < result.value["left"] <= 10_000
    assert result.value["trace"] == "Root=1-2-3"


def test_an_error_has_type_message_and_trace_and_is_logged(make_node: MakeNode) -> None:
    source = "exports.handler = async () => { throw new TypeError('no such order'); };"

    result = make_node(source).invoke()

    assert result.is_error
    assert result.value["errorType"] == "TypeError"
    assert result.value["errorMessage"] == "no such order"
    assert result.value["trace"][0] == "TypeError: no such order"
    assert f'\t{result.request_id}\tERROR\tInvoke Error \t{{"errorType":"TypeError"' in str(
        result.log
    )


@pytest.mark.parametrize(
    ("source", "handler", "type_"),
    [
        ("exports.other = 1;", "app.handler", "Runtime.HandlerNotFound"),
        ("require('not-there');", "app.handler", "Runtime.ImportModuleError"),
        ("exports.handler = ", "app.handler", "Runtime.UserCodeSyntaxError"),
        ("exports.handler = async () => 1;", "gone.handler", "Runtime.ImportModuleError"),
        ("exports.handler = async () => 1;", "handler", "Runtime.MalformedHandlerName"),
        ("throw new RangeError('at import');", "app.handler", "RangeError"),
    ],
)
def test_a_failed_init_has_lambdas_type(
    make_node: MakeNode, source: str, handler: str, type_: str
) -> None:
    result = make_node(source, handler=handler).invoke()

    assert result.is_error
    assert result.value["errorType"] == type_


def test_an_unhandled_rejection_ends_the_process_and_the_next_invocation_is_cold(
    make_node: MakeNode,
) -> None:
    source = """let runs = 0;
    exports.handler = async (event) => {
      runs += 1;
      if (event.reject) { Promise.reject(new Error('unseen')); await new Promise(() => {
        setTimeout(() => {}, 5000); }); }
      return runs; };"""
    function = make_node(source)

    failed = function.invoke({"reject": True})

    assert failed.value["errorType"] == "Runtime.UnhandledPromiseRejection"
    assert failed.value["errorMessage"] == "Error: unseen"
    assert function.invoke({}).value == 1


def test_the_console_writes_time_request_and_level(make_node: MakeNode) -> None:
    source = "exports.handler = async () => { console.warn('low', {stock: 1}, '\\nnow'); };"

    result = make_node(source).invoke()

    line = next(line for line in result.lines if "WARN" in line)
    pattern = rf"\d{{4}}-\d\d-\d\dT[\d:.]+Z\t{result.request_id}\tWARN\tlow {{ stock: 1 }} "
    assert re.fullmatch(pattern, line)


def test_json_logs_are_documents_of_the_chosen_level(make_node: MakeNode) -> None:
    source = "exports.handler = async () => { console.info('quiet'); console.error('loud'); };"
    own = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "ERROR"}

    log = str(make_node(source, **own).invoke().log)

    assert '"level":"ERROR"' in log
    assert '"message":"loud"' in log
    assert "quiet" not in log


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("app.js", "const x = require('shared'); exports.handler = async () => x.from;"),
        ("app.mjs", "import x from 'shared'; export const handler = async () => x.from;"),
    ],
)
def test_a_layers_modules_are_found(
    make_node: MakeNode, tmp_path: Path, name: str, source: str
) -> None:
    package = tmp_path / "layer" / "nodejs" / "node_modules" / "shared"
    package.mkdir(parents=True)
    (package / "index.js").write_text("module.exports = { from: 'layer' };")

    assert make_node(source, name, layer=str(tmp_path / "layer")).invoke().value == "layer"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("app.js", "const { SQSClient } = require('@aws-sdk/client-sqs');"),
        ("app.mjs", "import { SQSClient } from '@aws-sdk/client-sqs';"),
    ],
)
def test_awss_sdk_is_there(make_node: MakeNode, name: str, source: str) -> None:
    export = "exports.handler" if name == "app.js" else "export const handler"

    function = make_node(f"{source} {export} = async () => typeof SQSClient;", name)

    assert function.invoke().value == "function"


def test_more_memory_than_it_has_ends_the_function(make_node: MakeNode) -> None:
    source = """exports.handler = async () => {
        const kept = []; for (;;) kept.push(Buffer.alloc(1 << 24, 1)); };"""

    result = make_node(source).invoke()

    assert result.is_error
    assert "Runtime" in result.value["errorType"]


def test_only_the_temporary_folder_can_be_written(make_node: MakeNode, task_root: Path) -> None:
    source = """const fs = require('fs');
    exports.handler = async () => {
      fs.writeFileSync(process.env.TMPDIR + '/there', '1');
      try { fs.writeFileSync('/var/tmp/mailroom-node', '1'); return 'written'; }
      catch (error) { return error.code; } };"""

    assert make_node(source).invoke().value == "EACCES"
