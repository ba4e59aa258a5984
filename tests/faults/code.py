"""Other code for a function, for the length of a test: the shared tree stays as it is."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailroom.embedded.environment import EmbeddedEnvironment
from mailroom.environment import Environment
from tests.support.flow import until


@contextmanager
def altered(
    embedded: EmbeddedEnvironment, function: str, module: str, old: str, new: str
) -> Iterator[None]:
    """A function runs with one passage of its code replaced.

    Args:
        embedded: Where it runs.
        function: Its logical name, such as `ProcessMessages`.
        module: File below functions/.
        old: The passage, which has to be there once.
        new: What takes its place.
    """
    live = embedded.project.state / "build" / "live"
    other = live.with_name(f"altered-{uuid.uuid4().hex[:8]}")
    _copy(live, other, module, old, new)
    environment = embedded.connect()
    try:
        _run_from(environment, function, other)
        yield
    finally:
        _run_from(environment, function, live)
        shutil.rmtree(other)


def _copy(live: Path, other: Path, module: str, old: str, new: str) -> None:
    package = Path(module).parts[0]
    other.mkdir()
    for entry in live.iterdir():
        if entry.name != package:
            (other / entry.name).symlink_to(entry.resolve())
    shutil.copytree(live / package, other / package, ignore=shutil.ignore_patterns("__pycache__"))
    text = (other / module).read_text()
    assert text.count(old) == 1, f"{module} has changed: {old!r}"
    (other / module).write_text(text.replace(old, new))


def _run_from(environment: Environment, function: str, folder: Path) -> None:
    client = environment.session.client("lambda")
    name = environment.outputs[f"{function}FunctionName"]
    client.update_function_code(FunctionName=name, S3Bucket="hot-reload", S3Key=str(folder))

    def runs_there() -> bool:
        # An input that it refuses: the trace tells where its code lies.
        answer = client.invoke(FunctionName=name, Payload=b"{}")
        return str(folder) in answer["Payload"].read().decode()

    until(runs_there, f"{name} to run from {folder.name}")
