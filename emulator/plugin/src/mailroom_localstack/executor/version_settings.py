"""Reads the settings of a function version from LocalStack."""

import os
import platform
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
        UnsupportedFunctionError: for an image, a layer, an architecture that isn't the host's, or
            a runtime without interpreter.
    """
    settings = function_version.config
    if settings.package_type == PackageType.Image:
        raise UnsupportedFunctionError(
            "Package type Image needs a container: use LAMBDA_RUNTIME_EXECUTOR=docker, or package"
            " the function as a zip."
        )
    if settings.layers:
        raise UnsupportedFunctionError(
            "Layers are not applied by the process executor, nor by this edition of LocalStack:"
            " package what the layer holds with the function."
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


def settings_of(function_version: FunctionVersion, env_vars: dict[str, str]) -> FunctionSettings:
    """The settings of a function version's execution environments."""
    settings = function_version.config
    assert settings.code is not None
    assert settings.handler is not None
    task_root, live = settings.code.get_unzipped_code_location(), settings.code.is_hot_reloading()
    return FunctionSettings(
        version=function_version.id.qualifier,
        handler=settings.handler,
        interpreter=interpreter_for(function_version),
        task_root=task_root,
        variables=function_variables(
            env_vars, settings.environment or {}, str(settings.runtime), task_root
        ),
        timeout_seconds=settings.timeout,
        memory_mb=settings.memory_size,
        live=live,
        writable=(TEMPORARY, *(() if live else bytecode_folders(task_root))),
    )
