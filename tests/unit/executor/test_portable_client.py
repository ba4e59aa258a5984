"""Where awslambdaric has no native client, as on macOS, ours takes its place."""

import shlex
from pathlib import Path

import pytest

from .conftest import ROOT, MakeFunction


@pytest.fixture
def without_native_client(tmp_path: Path, interpreter: Path) -> Path:
    """The runtime's interpreter, with all it has installed but the native client."""
    (packages,) = (ROOT / ".envs/python3.13/lib").glob("python*/site-packages")
    links = tmp_path / "packages"
    links.mkdir()
    for entry in packages.iterdir():
        if not entry.name.startswith("runtime_client"):
            (links / entry.name).symlink_to(entry)
    script = tmp_path / "python"
    base = shlex.quote(str(interpreter.resolve()))
    script.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(links))} exec {base} "$@"\n')
    script.chmod(0o755)
    return script


def test_a_function_runs_the_same(make_function: MakeFunction, without_native_client: Path) -> None:
    function = make_function(
        """
        import runtime_client

        def handler(event, context):
            if event == "fail": raise ValueError("é")
            if event == "large": return "x" * 7_000_000
            return [runtime_client.__file__.rpartition("/")[2], event,
                    0 < context.get_remaining_time_in_millis() <= 10_000]
        """,
        interpreter=without_native_client,
    )

    assert function.invoke("é").value == ["runtime_client.py", "é", True]
    assert function.invoke("fail").value["errorMessage"] == "é"
    assert function.invoke("large").value["errorType"] == "Function.ResponseSizeTooLarge"
    assert function.invoke(1).value == ["runtime_client.py", 1, True]
