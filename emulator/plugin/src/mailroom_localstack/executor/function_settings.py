"""Settings of a function version: its code, its limits and its environment variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailroom_localstack.executor.layers import NO_LAYERS, Layers

INIT_TIMEOUT_SECONDS = 10.0
PATH = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"
LANG = "en_US.UTF-8"
INTERNAL_VARIABLES = ("LOCALSTACK_", "EDGE_PORT", "AWS_LAMBDA_FUNCTION_TIMEOUT")
INTERPRETER_VARIABLES = ("PYTHON", "LD_", "DYLD_")
LIBRARY_PATH = "LD_LIBRARY_PATH"
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
TEMPORARY = Path("/tmp")


class UnsupportedFunctionError(Exception):
    """Raised when a function needs what the executor doesn't support."""


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """A function version, as its execution environments need it.

    Attributes:
        interpreter: the Python that a process of the pool starts with.
        program: what that process then becomes, as Node.js; empty for a function in Python.
        layers: the function's layers.
    """

    version: str
    handler: str
    interpreter: Path
    task_root: Path
    variables: Mapping[str, str]
    timeout_seconds: float
    memory_mb: int
    live: bool = False
    writable: Sequence[Path] = (TEMPORARY,)
    init_timeout_seconds: float = INIT_TIMEOUT_SECONDS
    layers: Layers = NO_LAYERS
    program: Sequence[str] = ()

    @property
    def runtime(self) -> str:
        """The name of the runtime, as ``python3.13``."""
        return self.variables.get("AWS_EXECUTION_ENV", "").removeprefix("AWS_Lambda_")

    @property
    def watched(self) -> list[Path]:
        """The folders whose changes are seen by the next invocation."""
        return [*([self.task_root] if self.live else []), *self.layers.live]

    @property
    def interpreter_variables(self) -> dict[str, str]:
        """The variables that the interpreter or its loader reads only when it starts.

        ``LD_LIBRARY_PATH`` is one of them if the code has libraries.
        """
        return {
            name: value
            for name, value in self.variables.items()
            if name.startswith(INTERPRETER_VARIABLES)
            and (name != LIBRARY_PATH or self._libraries or not self._is_usual(value))
        }

    def _is_usual(self, path: str) -> bool:
        return path == library_path(self.task_root, self.layers)

    @property
    def _libraries(self) -> bool:
        if any(Path(folder).is_dir() for folder in self.layers.below("lib")):
            return True
        return (self.task_root / "lib").is_dir() or any(self.task_root.glob("lib*.so*"))


def parse_runtimes(text: str) -> dict[str, Path]:
    """Read ``LAMBDA_PROCESS_RUNTIMES``.

    Args:
        text: comma-separated ``runtime=interpreter``, as in ``python3.13=/opt/bin/python3.13``.

    Raises:
        UnsupportedFunctionError: if an entry is not of that form.
    """
    runtimes = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, separator, interpreter = entry.partition("=")
        if not (separator and name.strip() and interpreter.strip()):
            raise UnsupportedFunctionError(
                f"LAMBDA_PROCESS_RUNTIMES has the entry {entry!r}; entries are runtime=interpreter"
            )
        runtimes[name.strip()] = Path(interpreter.strip())
    return runtimes


def find_interpreter(runtime: str | None, runtimes: Mapping[str, Path]) -> Path:
    """Find the interpreter that runs functions of a runtime.

    Raises:
        UnsupportedFunctionError: if none is configured, or the file is missing.
    """
    configured = ", ".join(sorted(runtimes)) or "none"
    if runtime is None or runtime not in runtimes:
        python = str(runtime).startswith("python")
        install = "Install awslambdaric and boto3 in an environment of that Python and add"
        raise UnsupportedFunctionError(
            f"No interpreter for the runtime {runtime}. Configured: {configured}."
            f" {install if python else 'Add'} {runtime}=<its interpreter> to"
            " LAMBDA_PROCESS_RUNTIMES, or run functions in containers with"
            " LAMBDA_RUNTIME_EXECUTOR=docker."
        )
    interpreter = runtimes[runtime]
    if not interpreter.is_file():
        raise UnsupportedFunctionError(
            f"The interpreter of the runtime {runtime} is missing: LAMBDA_PROCESS_RUNTIMES says"
            f" {interpreter}."
        )
    return interpreter


def library_path(task_root: Path, layers: Layers = NO_LAYERS) -> str:
    """Where Lambda's loader looks for a function's own shared libraries, and its layers'."""
    return ":".join([f"{task_root}", f"{task_root}/lib", *layers.below("lib")])


def function_variables(
    given: Mapping[str, object],
    own: Mapping[str, str],
    runtime: str,
    task_root: Path,
    layers: Layers = NO_LAYERS,
) -> dict[str, str]:
    """The environment variables of a function: Lambda's and its own, and no others.

    See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html

    Args:
        given: the variables that LocalStack would give to a container.
        own: the variables of the function's configuration; they take precedence.
        runtime: name of the function's runtime.
        task_root: folder of the function's code.
        layers: the function's layers.
    """
    lambdas = {
        name: str(value) for name, value in given.items() if not name.startswith(INTERNAL_VARIABLES)
    }
    if "AWS_ENDPOINT_URL" in lambdas:
        # SDKs would call sync-127.0.0.1 for some operations.
        lambdas["AWS_DISABLE_HOST_PREFIX_INJECTION"] = "true"
    defaults = {
        "PATH": ":".join([PATH, *layers.below("bin")]),
        "LANG": LANG,
        LIBRARY_PATH: library_path(task_root, layers),
    }
    reserved = {"AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}", "LAMBDA_TASK_ROOT": str(task_root)}
    return defaults | lambdas | dict(own) | reserved
