"""What can't run here is refused with words that say what to do."""

from pathlib import Path

import pytest
from mailroom_localstack.executor.function_settings import (
    UnsupportedFunctionError,
    find_interpreter,
    parse_runtimes,
)


def test_runtimes_are_read_from_one_setting() -> None:
    assert parse_runtimes(" python3.13=/a/python , python3.12=/b=c/python,") == {
        "python3.13": Path("/a/python"),
        "python3.12": Path("/b=c/python"),
    }
    assert parse_runtimes("") == {}


@pytest.mark.parametrize("text", ["python3.13", "=/a/python", "python3.13="])
def test_a_setting_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedFunctionError, match="runtime=interpreter"):
        parse_runtimes(text)


def test_an_interpreter_is_found_by_its_runtime(interpreter: Path) -> None:
    assert find_interpreter("python3.13", {"python3.13": interpreter}) == interpreter


def test_a_runtime_without_interpreter_is_named_with_what_there_is(interpreter: Path) -> None:
    with pytest.raises(UnsupportedFunctionError) as caught:
        find_interpreter("nodejs22.x", {"python3.13": interpreter})

    message = str(caught.value)
    assert "nodejs22.x" in message
    assert "Configured: python3.13" in message
    assert "LAMBDA_PROCESS_RUNTIMES" in message
    assert "LAMBDA_RUNTIME_EXECUTOR=docker" in message


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFunctionError, match=r"python3\.13 is missing.*nowhere"):
        find_interpreter("python3.13", {"python3.13": tmp_path / "nowhere"})
