"""A table that doesn't take what its type's model allows is named before anything is deployed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.table_trial import TableTrial
from mailroom.errors import Refused
from mailroom.project import Project
from tests.support.checkout import copy_checkout
from tests.support.command import Command

MODEL = "functions/message_types/alert/__init__.py"
SQL = "functions/message_types/alert/migrations/alert.0001.sql"
TOML = "functions/message_types/alert/type.toml"
HEAD = "-- depends: 0004.rejected\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A checkout of this file's own; what was checked before is unknown in it."""
    copy = copy_checkout(Project.find(), tmp_path_factory.mktemp("tables"), {})
    envs = copy.root / ".envs"
    tools = envs.resolve()
    envs.unlink()
    envs.mkdir()
    for folder in tools.iterdir():
        if folder.name != "checked":
            (envs / folder.name).symlink_to(folder)
    return copy


@pytest.fixture
def copy(original: Project) -> Iterator[Project]:
    """That checkout, whose type `alert` is what it was after the test."""
    folder = original.functions / "message_types" / "alert"
    before = original.root / "alert"
    shutil.copytree(folder, before)
    (folder / "migrations").mkdir()
    yield original
    shutil.rmtree(folder)
    before.rename(folder)


def append(project: Project, file: str, text: str) -> int:
    """Append to a file; returns the number of its last line."""
    path = project.root / file
    path.write_text((path.read_text() if path.exists() else "") + text)
    return len(path.read_text().splitlines())


def line_of(project: Project, file: str, text: str) -> int:
    lines = (project.root / file).read_text().splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line)


def refusal(project: Project, environment: Environment) -> str:
    with TableTrial(project) as trial:
        trial.start(environment.database)
        with pytest.raises(Refused) as refused:
            trial.refuse()
    return str(refused.value.hint)


@pytest.mark.parametrize(
    ("fields", "sql", "place", "reason"),
    [
        ("room: str | None = None", "", "room:", "table alerts has no column room"),
        ("", "ALTER TABLE alerts ALTER details SET NOT NULL;", "details:", "may be absent"),
        ("", "ALTER TABLE alerts ADD floor int NOT NULL;", "", "the model has no such field"),
        ("", "ALTER TABLE alerts ALTER summary TYPE varchar(9);", "summary:", "9 characters"),
        (
            "",
            "ALTER TABLE alerts ADD CHECK (severity <> 'medium');",
            "severity:",
            "may be 'medium'",
        ),
        ("", "ALTER TABLE alerts ALTER summary TYPE int USING 1;", "", "type integer"),
        ("n: int | None = None", "ALTER TABLE alerts ADD n int;", "n:", "n: its column"),
        ("n: float | None = None", "ALTER TABLE alerts ADD n real;", "n:", "fewer digits"),
        ("n: int | None = None", "ALTER TABLE alerts ADD n numeric(9, 2);", "n:", "rounds"),
    ],
)
def test_a_table_that_takes_less_than_the_model_allows_is_named_with_the_fields_line(
    copy: Project, environment: Environment, fields: str, sql: str, place: str, reason: str
) -> None:
    if fields:
        append(copy, MODEL, f"\n    {fields}\n")
    if sql:
        append(copy, SQL, f"{HEAD}{sql}\n")

    hint = refusal(copy, environment)

    line = line_of(copy, MODEL, place) if place else 1
    assert hint.startswith(f"{MODEL}:{line}: ")
    assert reason in hint


def test_a_table_that_takes_all_of_it_in_another_way_is_none(
    copy: Project, environment: Environment
) -> None:
    append(copy, MODEL, "\n    n: Annotated[int, Field(ge=0, le=9)] | None = None\n")
    model = copy.root / MODEL
    imports = "from typing import Annotated, Any, Literal\n\nfrom pydantic import Field\n"
    model.write_text(model.read_text().replace("from typing import Any, Literal\n", imports))
    append(copy, SQL, f"{HEAD}ALTER TABLE alerts ADD n smallint, ADD made bigserial NOT NULL;\n")

    with TableTrial(copy) as trial:
        trial.start(environment.database)
        trial.refuse()

    assert not trial.needed


def test_what_else_postgres_refuses_is_named_by_file_and_line(
    copy: Project, environment: Environment
) -> None:
    line = append(copy, SQL, f"{HEAD}CREATE TABLE one ();\n\nALTER TABLE nowhere ADD n int;\n")
    assert refusal(copy, environment).startswith(f"{SQL}:{line}: migration alert.0001: 42P01")

    (copy.root / SQL).write_text(f"{HEAD}SELECT 1;\n")
    line = append(copy, TOML, '[grants]\nnowhere = "INSERT"\n')
    assert refusal(copy, environment).startswith(f"{TOML}:{line}: [grants] nowhere")


def test_no_database_of_a_trial_is_left(copy: Project, environment: Environment) -> None:
    append(copy, SQL, "SELECT nothing;\n")
    refusal(copy, environment)

    with psycopg.connect(environment.database) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert [name for (name,) in names if name.startswith("mailroom_trial")] == []


def test_types_check_and_up_refuse_it_and_nothing_is_left_running(copy: Project) -> None:
    line = append(copy, SQL, f"{HEAD}ALTER TABLE alerts ADD floor int NOT NULL;\nDROP TABLE x;\n")
    mailroom = Command(copy.root, copy.state, free_port())
    checked = Path(copy.root / ".envs" / "checked")

    for command in (("types",), ("check", "--no-package"), ("up", "--port", str(mailroom.port))):
        shutil.rmtree(checked, ignore_errors=True)
        run = mailroom.run(*command, code=2)
        assert f"{SQL}:{line}: migration alert.0001" in run.stderr
    assert mailroom.json("status", code=1)["LocalStack"]["state"] == "down"
    assert mailroom.json("status", code=1)["Postgres"]["state"] == "down"
