"""What the trial of the tables remembers; tests/integration/test_tables.py is the trial itself."""

import json
from pathlib import Path

import pytest

from mailroom.environments import table_trial
from mailroom.errors import Refused
from mailroom.packaging.code import Code
from mailroom.project import Project

FAULT = {"file": "migrations/0001.sql", "line": 2, "reason": "it is wrong"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A checkout with a type, whose runtime finds a fault."""
    files = {
        "functions/requirements.txt": "",
        "functions/message_types/alert/type.toml": "",
        "functions/process_messages/statements.py": "",
        ".envs/python3.13/bin/python": f"#!/bin/sh\ncat >/dev/null\n"
        f"echo '{json.dumps({'faults': [FAULT]})}'\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)
    code = Code("", str(tmp_path), "")
    monkeypatch.setattr(table_trial, "live_code", lambda _project: code)
    return Project(tmp_path, tmp_path / ".mailroom")


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_fault_is_refused_whether_it_can_be_kept_or_not(project: Project, is_kept: bool) -> None:
    if not is_kept:
        (project.root / ".envs" / "checked").write_text("no folder")

    with table_trial.TableTrial(project) as trial:
        trial.start("")
        with pytest.raises(Refused) as refused:
            trial.refuse()

    assert refused.value.hint == "infra/migrations/0001.sql:2: it is wrong"
    assert table_trial.TableTrial(project).needed is not is_kept
