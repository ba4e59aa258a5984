"""Reads the settings of a function version from LocalStack."""

import os
import platform
import sys
from pathlib import Path
from typing import Final

from localstack import config
from localstack.aws.api.lambda_ import PackageType
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion

from mailroom_localstack.executor.code_folders import bytecode_folders
from mailroom_localstack.executor.function_settings import (
    TEMPORARY,
    FunctionSettings,
    UnsupportedFunctionError,
    find_interpreter,
    function_variables,
    parse_runtimes,
)
from mailroom_localstack.executor.layers import Layers
from mailroom_localstack.executor.programs import is_node, node_program, node_variables

RUNTIMES_VARIABLE: Final = "LAMBDA_PROCESS_RUNTIMES"
ARCHITECTURES: Final = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "arm64",
    "arm64": "arm64",
}


def configured_runtimes() -> dict[str, Path]:
    """The interpreter of each configured runtime."""
    return parse_runtimes(os.environ.get(RUNTIMES_VARIABLE, ""))


def interpreter_for(function_version: FunctionVersion) -> Path:
    """The interpreter that runs a function version.

    Raises:
        UnsupportedFunctionError: for an image, an architecture that isn't the host's, or
            a runtime without interpreter.
    """
    settings = function_version.config
    if settings.package_type == PackageType.Image:
        raise UnsupportedFunctionError(
            "Package type Image needs a container: use LAMBDA_RUNTIME_EXECUTOR=docker, or package"
            " the function as a zip."
        )
    host = ARCHITECTURES.get(platform.machine().lower(), platform.machine())
    wanted = settings.architectures[0] if settings.architectures else "x86_64"
    if wanted != host and not config.LAMBDA_IGNORE_ARCHITECTURE:
        raise UnsupportedFunctionError(
            f"Architecture {wanted} can't run on this machine, which is {host}: set the function's"
            f" Architectures to [{host}], or run it in a container with"
            " LAMBDA_RUNTIME_EXECUTOR=docker."
        )
    return find_interpreter(settings.runtime, configured_runtimes())


def pool_interpreter(function_version: FunctionVersion) -> Path:
    """The Python that starts a function version's processes, which another program may replace.

    Raises:
        UnsupportedFunctionError: as `interpreter_for`.
    """
    interpreter = interpreter_for(function_version)
    return Path(sys.executable) if is_node(str(function_version.config.runtime)) else interpreter


def prepare_layers(function_version: FunctionVersion) -> None:
    """Unpack the layers.

    Raises:
        UnsupportedFunctionError: for a layer that isn't there.
    """
    for layer in function_version.config.layers:
        if layer is None or layer.code is None:
            raise UnsupportedFunctionError("A layer of the function isn't there any more.")
        layer.code.prepare_for_execution()


def layers_of(function_version: FunctionVersion) -> Layers:
    """The layers of a function version, which are unpacked."""
    codes = [layer.code for layer in function_version.config.layers if layer.code]
    folders = [code.get_unzipped_code_location() for code in codes]
    live = [code.get_unzipped_code_location() for code in codes if code.is_hot_reloading()]
    return Layers(folders, live)


def settings_of(function_version: FunctionVersion, env_vars: dict[str, str]) -> FunctionSettings:
    """The settings of a function version's execution environments."""
    settings = function_version.config
    assert settings.code is not None
    assert settings.handler is not None
    task_root, live = settings.code.get_unzipped_code_location(), settings.code.is_hot_reloading()
    layers, runtime = layers_of(function_version), str(settings.runtime)
    variables = function_variables(env_vars, settings.environment or {}, runtime, task_root, layers)
    program: list[str] = []
    interpreter = interpreter_for(function_version)
    if is_node(runtime):
        program = node_program(interpreter, settings.memory_size)
        variables = node_variables(variables, interpreter, runtime, task_root, layers)
        interpreter = Path(sys.executable)
    packaged = [one for one in layers.folders if one not in layers.live]
    return FunctionSettings(
        version=function_version.id.qualifier,
        handler=settings.handler,
        interpreter=interpreter,
        task_root=task_root,
        variables=variables,
        timeout_seconds=settings.timeout,
        memory_mb=settings.memory_size,
        live=live,
        writable=(
            TEMPORARY,
            *(() if live else bytecode_folders(task_root)),
            *(folder for one in packaged for folder in bytecode_folders(one)),
        ),
        layers=layers,
        program=program,
    )
