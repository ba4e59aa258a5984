"""LocalStack's executor ``process``: Lambda functions as processes, without Docker."""

import logging

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

from mailroom_localstack.debug.session import Debugger
from mailroom_localstack.debug.sessions import DEBUGGERS
from mailroom_localstack.executor.execution_environment import Environment, NeverStartedError
from mailroom_localstack.executor.function_settings import UnsupportedFunctionError
from mailroom_localstack.executor.processes.process_pool import Nursery
from mailroom_localstack.executor.processes.runtime_api import LOOPBACK, Event
from mailroom_localstack.executor.processes.supervisor import Guardian
from mailroom_localstack.executor.version_settings import (
    RUNTIMES_VARIABLE,
    configured_runtimes,
    interpreter_for,
    settings_of,
)
from mailroom_localstack.services.lambda_.version_updates import FOLDERS

LOG = logging.getLogger(__name__)


class ProcessRuntimeExecutor(RuntimeExecutor):
    """One execution environment of LocalStack's, as a process."""

    nursery = Nursery(Guardian())

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        """Starts nothing yet."""
        super().__init__(id=id, function_version=function_version)
        self._environment: Environment | None = None

    def start(self, env_vars: dict[str, str]) -> None:
        """Starts the process. Of on-demand environments the first invocation awaits the init."""
        folder = self.function_version.config.code.get_unzipped_code_location()
        FOLDERS.use(folder)
        try:
            if not folder.is_dir():
                raise NeverStartedError(f"The code at {folder} is gone")
            settings = settings_of(self.function_version, env_vars)
            environment = Environment(
                settings, self.nursery, lambda: FOLDERS.release(folder), self._debugger_for
            )
        except BaseException:
            FOLDERS.release(folder)
            raise
        self._environment = environment
        environment.start()
        if env_vars["AWS_LAMBDA_INITIALIZATION_TYPE"] != InitializationType.on_demand:
            self.initialise()

    def initialise(self) -> None:
        """Waits for the end of the init.

        Raises:
            StatusErrorException: if it failed.
        """
        assert self._environment is not None
        error = self._environment.initialise()
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

    def _debugger_for(self, event: Event) -> Debugger | None:
        name = self.function_version.id.function_name
        return DEBUGGERS.claim(name, event.request_id, event.payload)

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
        code = function_version.config.code
        try:
            interpreter = interpreter_for(function_version)
            code.prepare_for_execution()
            folder = code.get_unzipped_code_location()
            if not folder.is_dir():
                raise UnsupportedFunctionError(f"There is no folder of code at {folder}.")
        except UnsupportedFunctionError as error:
            LOG.error("Function %s: %s", function_version.id.function_name, error)
            raise
        cls.nursery.expect(interpreter)

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Nothing is left of a version but its code, which is LocalStack's."""

    @classmethod
    def validate_environment(cls) -> bool:
        """Tells whether any runtime is configured."""
        try:
            runtimes = configured_runtimes()
        except UnsupportedFunctionError as error:
            LOG.warning("%s", error)
            return False
        if not runtimes:
            LOG.warning("%s names no runtime: no function can run", RUNTIMES_VARIABLE)
        return bool(runtimes)
