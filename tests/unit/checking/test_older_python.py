"""`check` reads the functions' code with the Python that it runs on."""

from pathlib import Path

import pytest

from mailroom.checking.code import modules
from mailroom.errors import Refused


def test_code_that_an_older_python_cannot_read_does_not_pass_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "handler.py").write_text("what a later Python reads\n")
    monkeypatch.setattr(modules, "_LAMBDA", (99, 0))

    with pytest.raises(Refused, match=r"cannot read .*handler\.py"):
        modules.module_at(tmp_path, "handler")
