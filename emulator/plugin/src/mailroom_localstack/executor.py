"""LocalStack's executor ``process``: Lambda functions as processes, without Docker."""

import logging
import os
import platform
from typing import Final

from localstack import config
from localstack.aws.api.lambda_ import PackageType
from localstack.runtime import events
from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import (
    FunctionVersion,
    InitializationType,
    InvocationResult,
)
from localstack.services.lambda_.invocation.runtime_executor import (
    LambdaRuntimeException,
    RuntimeExecutor,
)

from mailroom_localstack.environment import Environment
from mailroom_localstack.guardian import Guardian
from mailroom_localstack.nursery import Nursery
from mailroom_localstack.runtime_api import LOOPBACK, Event
from mailroom_localstack.settings import (
    FunctionSettings,
    UnsupportedFunctionError,
    find_interpreter,
    function_variables,
    parse_runtimes,
)

LOG = logging.getLogger(__name__)

RUNTIMES_VARIABLE: Final = "LAMBDA_PROCESS_RUNTIMES"
ARCHITECTURES: Final = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "arm64",
    "arm64": "arm64",
}


class ProcessRuntimeExecutor(RuntimeExecutor):
    """One execution environment of LocalStack's, as a process."""

    nursery = Nursery(Guardian())

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        """Starts nothing yet."""
        super().__init__(id=id, function_version=function_version)
        self._environment: Environment | None = None

    def start(self, env_vars: dict[str, str]) -> None:
        """Starts the process. Of on-demand environments the first invocation awaits the init."""
        settings = _settings(self.function_version, env_vars)
        environment = self._environment = Environment(settings, self.nursery.spawn)
        environment.start()
        if env_vars["AWS_LAMBDA_INITIALIZATION_TYPE"] != InitializationType.on_demand:
            error = environment.initialise()
            if error is not None:
                raise StatusErrorException("Environment startup failed", payload=error.payload)

    def stop(self) -> None:
        """Stops the environment; an invocation that runs may end first, unless LocalStack ends."""
        if self._environment is not None:
            self._environment.stop(at_once=events.infra_stopping.is_set())

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Runs an invocation and gives its result with its log."""
        if self._environment is None:
            raise LambdaRuntimeException(f"Execution environment {self.id} was not started")
        event = Event(
            request_id=payload["invoke-id"],
            function_arn=payload["invoked-function-arn"],
            payload=payload["payload"].encode(),
            trace_id=payload["trace-id"],
        )
        outcome = self._environment.invoke(event)
        return InvocationResult(
            request_id=event.request_id,
            payload=outcome.payload,
            is_error=outcome.is_error,
            logs=outcome.log,
        )

    def get_address(self) -> str:
        """Where LocalStack would reach the environment."""
        return LOOPBACK

    def get_endpoint_from_executor(self) -> str:
        """Where the environment reaches LocalStack."""
        return LOOPBACK

    def get_runtime_endpoint(self) -> str:
        """Nothing: each environment has a Runtime API of its own."""
        return ""

    def get_logs(self) -> str:
        """Nothing: logs come with each invocation's result."""
        return ""

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpacks the code, and refuses what can't run here: the reason shows in the state.

        Raises:
            UnsupportedFunctionError: for an image, a layer, an architecture that isn't the host's,
                or a runtime without interpreter.
        """
        interpreter = _check(function_version)
        code = function_version.config.code
        code.prepare_for_execution()
        if not code.get_unzipped_code_location().is_dir():
            raise UnsupportedFunctionError(
                f"No folder of code at {code.get_unzipped_code_location()}"
            )
        cls.nursery.expect(interpreter)

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Nothing is left of a version but its code, which is LocalStack's."""

    @classmethod
    def validate_environment(cls) -> bool:
        """Tells whether any runtime is configured."""
        try:
            runtimes = parse_runtimes(os.environ.get(RUNTIMES_VARIABLE, ""))
        except UnsupportedFunctionError as error:
            LOG.warning("%s", error)
            return False
        if not runtimes:
            LOG.warning("%s names no runtime: no function can run", RUNTIMES_VARIABLE)
        return bool(runtimes)


def _check(function_version: FunctionVersion):
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
    runtimes = parse_runtimes(os.environ.get(RUNTIMES_VARIABLE, ""))
    return find_interpreter(settings.runtime, runtimes)


def _settings(function_version: FunctionVersion, env_vars: dict[str, str]) -> FunctionSettings:
    settings = function_version.config
    task_root = settings.code.get_unzipped_code_location()
    return FunctionSettings(
        version=function_version.id.qualifier,
        handler=settings.handler,
        interpreter=_check(function_version),
        task_root=task_root,
        variables=function_variables(
            env_vars, settings.environment or {}, settings.runtime, task_root
        ),
        timeout_seconds=settings.timeout,
        memory_mb=settings.memory_size,
        live=settings.code.is_hot_reloading(),
    )
