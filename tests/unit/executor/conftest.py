"""Functions that really run: in processes of the environment that stands for Lambda's runtime."""

import json
import signal
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psutil
import pytest
from mailroom_localstack.executor.execution_environment import ExecutionEnvironment
from mailroom_localstack.executor.function_settings import FunctionSettings, function_variables
from mailroom_localstack.executor.log_lines import LogText
from mailroom_localstack.executor.processes.process_pool import ProcessPool
from mailroom_localstack.executor.processes.runtime_api import Event
from mailroom_localstack.executor.processes.supervisor import Supervisor

ROOT = Path(__file__).parents[3]
LONGEST_TEST_SECONDS = 60
ARN = "arn:aws:lambda:eu-west-1:000000000000:function:under-test"


@dataclass(frozen=True)
class Result:
    """An invocation's outcome, as a test reads it."""

    request_id: str
    value: Any
    is_error: bool
    log: LogText
    seconds: float

    @property
    def lines(self) -> list[str]:
        return str(self.log).splitlines()

    @property
    def report(self) -> str:
        return self.lines[-1]


@dataclass(frozen=True)
class Function:
    """A function with one execution environment."""

    environment: ExecutionEnvironment
    settings: FunctionSettings

    def invoke(self, payload: object = None) -> Result:
        event = Event(str(uuid.uuid4()), ARN, json.dumps(payload).encode(), "Root=1-2-3")
        begun = time.monotonic()
        outcome = self.environment.invoke(event)
        seconds = time.monotonic() - begun
        value = json.loads(outcome.payload)
        return Result(event.request_id, value, outcome.is_error, outcome.log, seconds)


class MakeFunction(Protocol):
    def __call__(self, source: str | None = None, **settings: Any) -> Function: ...


class Eventually(Protocol):
    def __call__(self, predicate: Callable[[], object], what: str, seconds: float = 15) -> None: ...


@pytest.fixture(autouse=True)
def limited_time() -> Iterator[None]:
    """Ends a test that waits for what a broken rule will never bring."""

    def end(*_: object) -> None:
        raise TimeoutError(f"the test took longer than {LONGEST_TEST_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(LONGEST_TEST_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def interpreter() -> Path:
    return ROOT / ".envs/python3.13/bin/python"


@pytest.fixture(scope="session")
def process_pool() -> Iterator[ProcessPool]:
    process_pool = ProcessPool(Supervisor())
    yield process_pool
    process_pool.close()


@pytest.fixture
def task_root(tmp_path: Path) -> Path:
    task_root = tmp_path / "task"
    task_root.mkdir()
    return task_root


@pytest.fixture
def make_function(
    task_root: Path, interpreter: Path, process_pool: ProcessPool
) -> Iterator[MakeFunction]:
    """Makes functions whose source is the module ``app``; their environments end with the test."""
    environments = []

    def make(source: str | None = None, **changes: Any) -> Function:
        if source is not None:
            (task_root / "app.py").write_text(textwrap.dedent(source))
        own = changes.pop("own", {})
        store = changes.pop("process_pool", process_pool)
        debugger_for = changes.pop("debugger_for", lambda event: None)
        settings = FunctionSettings(
            **{
                "version": "$LATEST",
                "handler": "app.handler",
                "interpreter": interpreter,
                "task_root": task_root,
                "variables": function_variables({}, own, "python3.13", task_root),
                "timeout_seconds": 10,
                "memory_mb": 256,
                "writable": (Path("/tmp"), task_root),
                **changes,
            }
        )
        environment = ExecutionEnvironment(settings, store, debugger_for=debugger_for)
        environments.append(environment)
        return Function(environment, settings)

    yield make
    for environment in environments:
        environment.stop(at_once=True)


@pytest.fixture
def eventually() -> Eventually:
    """Waits until a predicate holds."""

    def wait(predicate: Callable[[], object], what: str, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not predicate():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
            time.sleep(0.005)

    return wait


@pytest.fixture
def is_alive() -> Callable[[int], bool]:
    def check(pid: int) -> bool:
        try:
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    return check
