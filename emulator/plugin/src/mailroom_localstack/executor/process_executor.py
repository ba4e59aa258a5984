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

from mailroom_localstack.debug.session import DebugSession
from mailroom_localstack.debug.sessions import DEBUG_SESSIONS
from mailroom_localstack.executor.code_folders import CODE_FOLDERS
from mailroom_localstack.executor.execution_environment import (
    ExecutionEnvironment,
    NeverStartedError,
)
from mailroom_localstack.executor.function_settings import UnsupportedFunctionError
from mailroom_localstack.executor.processes.process_pool import ProcessPool
from mailroom_localstack.executor.processes.runtime_api import Event
from mailroom_localstack.executor.processes.supervisor import Supervisor
from mailroom_localstack.executor.programs import is_node
from mailroom_localstack.executor.version_settings import (
    RUNTIMES_VARIABLE,
    configured_runtimes,
    pool_interpreter,
    prepare_layers,
    settings_of,
)
from mailroom_localstack.loopback import LOOPBACK

LOG = logging.getLogger(__name__)


class ProcessRuntimeExecutor(RuntimeExecutor):
    """Runs one of LocalStack's execution environments as a process."""

    process_pool = ProcessPool(Supervisor())

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        """Start nothing yet."""
        super().__init__(id=id, function_version=function_version)
        self._environment: ExecutionEnvironment | None = None

    def start(self, env_vars: dict[str, str]) -> None:
        """Start the process; on demand, the first invocation waits for the init."""
        code = self.function_version.config.code
        assert code is not None
        folder = code.get_unzipped_code_location()
        CODE_FOLDERS.use(folder)
        try:
            if not folder.is_dir():
                raise NeverStartedError(f"The code at {folder} was removed")
            settings = settings_of(self.function_version, env_vars)
            environment = ExecutionEnvironment(
                settings,
                self.process_pool,
                lambda: CODE_FOLDERS.release(folder),
                self._debugger_for,
            )
        except BaseException:
            CODE_FOLDERS.release(folder)
            raise
        self._environment = environment
        try:
            environment.start()
        except BaseException:
            environment.stop()
            raise
        if env_vars["AWS_LAMBDA_INITIALIZATION_TYPE"] != InitializationType.on_demand:
            self.initialize()

    def initialize(self) -> None:
        """Wait until the init ends.

        Raises:
            StatusErrorException: if it failed.
        """
        assert self._environment is not None
        error = self._environment.initialize()
        if error is not None:
            raise StatusErrorException("Environment startup failed", payload=error.payload)

    def stop(self) -> None:
        """Stop the environment, after its invocation unless LocalStack ends."""
        if self._environment is not None:
            self._environment.stop(at_once=events.infra_stopping.is_set())

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Run an invocation, and return its result with its log."""
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

    def _debugger_for(self, event: Event) -> DebugSession | None:
        name = self.function_version.id.function_name
        if is_node(str(self.function_version.config.runtime)):
            return None  # debugpy debugs Python.
        return DEBUG_SESSIONS.claim(name, event.request_id, event.payload)

    def get_address(self) -> str:
        """The address at which LocalStack reaches the environment."""
        return LOOPBACK

    def get_endpoint_from_executor(self) -> str:
        """The address at which the environment reaches LocalStack."""
        return LOOPBACK

    def get_runtime_endpoint(self) -> str:
        """Return nothing: each environment has a Runtime API of its own."""
        return ""

    def get_logs(self) -> str:
        """Return nothing: each invocation's result has its log."""
        return ""

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpack the code, and refuse what can't run here; the function's state has the reason.

        Raises:
            UnsupportedFunctionError: for an image, an architecture that isn't the host's,
                or a runtime without interpreter.
        """
        code = function_version.config.code
        assert code is not None
        try:
            interpreter = pool_interpreter(function_version)
            prepare_layers(function_version)
            code.prepare_for_execution()
            folder = code.get_unzipped_code_location()
            if not folder.is_dir():
                raise UnsupportedFunctionError(f"There is no folder of code at {folder}.")
        except UnsupportedFunctionError as error:
            LOG.error("Function %s: %s", function_version.id.function_name, error)
            raise
        cls.process_pool.expect(interpreter)

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Do nothing: LocalStack removes the code."""

    @classmethod
    def validate_environment(cls) -> bool:
        """Whether any runtime is configured."""
        try:
            runtimes = configured_runtimes()
        except UnsupportedFunctionError as error:
            LOG.warning("%s", error)
            return False
        if not runtimes:
            LOG.warning("%s names no runtime: no function can run", RUNTIMES_VARIABLE)
        return bool(runtimes)
