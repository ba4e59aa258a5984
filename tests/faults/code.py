"""Changed code for a function during a test; the checkout stays unchanged."""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.environment import Environment
from tests.support.flow import until


@dataclass(frozen=True)
class Passage:
    """A passage of the functions' code, and what takes its place.

    Attributes:
        module: File below functions/.
        old: The passage, which has to be there once.
        new: What is there instead.
    """

    module: str
    old: str
    new: str = ""


@contextmanager
def altered(
    embedded: EmbeddedEnvironment,
    function: str,
    *passages: Passage,
    environment: Environment | None = None,
) -> Iterator[Path]:
    """A function runs with passages of its code replaced; the folder that it runs from.

    Args:
        embedded: Where it runs.
        function: Its logical name, such as `ProcessMessages`.
        passages: What is replaced.
        environment: The stack whose function it is; the environment's own when None.
    """
    live = embedded.project.state / "build" / "live"
    other = live.with_name(f"altered-{uuid.uuid4().hex[:8]}")
    _copy(live, other, passages)
    environment = environment or embedded.connect()
    try:
        _run_from(environment, function, other)
        yield other
    finally:
        _run_from(environment, function, live)
        shutil.rmtree(other)


def _copy(live: Path, other: Path, passages: Sequence[Passage]) -> None:
    packages = {Path(passage.module).parts[0] for passage in passages}
    other.mkdir()
    for entry in live.iterdir():
        if entry.name not in packages:
            (other / entry.name).symlink_to(entry.resolve())
    for package in packages:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(live / package, other / package, ignore=ignored)
    for passage in passages:
        file = other / passage.module
        text = file.read_text()
        assert text.count(passage.old) == 1, f"{passage.module} has changed: {passage.old!r}"
        file.write_text(text.replace(passage.old, passage.new))


def _run_from(environment: Environment, function: str, folder: Path) -> None:
    client = environment.session.client("lambda")
    name = environment.outputs[f"{function}FunctionName"]
    client.update_function_code(FunctionName=name, S3Bucket="hot-reload", S3Key=str(folder))

    def runs_there() -> bool:
        # An input that it refuses: the trace tells where its code lies.
        answer = client.invoke(FunctionName=name, Payload=b"{}")
        return str(folder) in answer["Payload"].read().decode()

    until(runs_there, f"{name} to run from {folder.name}")
