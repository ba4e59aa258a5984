"""Adds and removes the folder of a message type."""

import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.types.definitions import check_definitions, update_definitions
from mailroom.types.described import FOLDER, MessageType, describe_types, pascal, read_types
from mailroom.types.fields import Field, declare, sample_of
from mailroom.wording import known_names

_MODEL = '''"""Events of type {name}."""
{imports}

class {model}(Data):
    """The data of an event of type {name}."""
{fields}
'''
_MIGRATION = """-- depends: {before}
-- The data of events of type {name}. The statement may run twice: yoyo may not know of the first.

CREATE TABLE IF NOT EXISTS {table} (
{columns},
    PRIMARY KEY (source, id),
    FOREIGN KEY (source, id) REFERENCES messages ON DELETE CASCADE
);
"""


def add_type(
    project: Project,
    name: str,
    fields: Sequence[Field],
    samples: Sequence[dict[str, Any]] = (),
    *,
    taken_names_are_refused: bool = True,
) -> list[Path]:
    """Write the folder of a new type, and bring the definitions up to date.

    All is written elsewhere, and tried by the functions' own code, before it is moved here.

    Args:
        project: The checkout.
        name: The type's name.
        fields: Its fields.
        samples: Data of messages, from which its sample events are made; invented when empty.
        taken_names_are_refused: See `declare`.

    Returns:
        What was written: the folder and the definitions.

    Raises:
        Refused: The type exists, or is nothing that Python, Postgres or AWS takes; nothing has
            changed then.
    """
    if Path(name).name != name:
        raise Refused(f"no type can be named {name!r}: it is no name of a folder")
    known = read_types(project)
    target = project.functions / FOLDER / name
    if target.exists():
        raise Refused(f"there is a type {name} already", f"see: mailroom types show {name}")
    with tempfile.TemporaryDirectory(prefix="mailroom-") as folder:
        draft = Path(folder) / name
        try:
            draft.mkdir()
        except OSError as error:
            raise Refused(f"no type can be named {name!r}: {error.strerror}") from None
        (draft / "__init__.py").write_text(_model(name, fields, taken_names_are_refused))
        data = samples or [sample_of(fields)]
        events = (_event(name, number, one) for number, one in enumerate(data, 1))
        lines = (json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        (draft / "samples.jsonl").write_text("".join(lines))
        added = _described(project, draft)
        (draft / "migrations").mkdir()
        (draft / "migrations" / f"{name}.0001.sql").write_text(_migration(project, added))
        check_definitions(project, [*known, added])
        shutil.copytree(draft, target)
    return [target, *update_definitions(project, [*known, added])]


def remove_type(project: Project, name: str) -> list[Path]:
    """Remove the folder of a type, and bring the definitions up to date.

    Returns:
        What has changed: the folder and the definitions.

    Raises:
        Refused: There is no such type, or no other one.
    """
    known = read_types(project)
    find_type(known, name)
    rest = [one for one in known if one.name != name]
    if not rest:
        raise Refused(f"{name} is the only type; a state machine needs one")
    check_definitions(project, rest)
    folder = project.functions / FOLDER / name
    shutil.rmtree(folder)
    return [folder, *update_definitions(project, rest)]


def find_type(types: Sequence[MessageType], name: str) -> MessageType:
    """The type with a name.

    Raises:
        Refused: There is none.
    """
    found = next((one for one in types if one.name == name), None)
    if found is None:
        known = [one.name for one in types]
        raise Refused(f"there is no type {name}", known_names(name, "types", known))
    return found


def column_check(name: str, values: Sequence[str]) -> str:
    """What a column's definition says if the model lists its values; empty if not."""
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f' CHECK ("{name}" IN ({listed}))' if listed else ""


def latest_migration(project: Project) -> str:
    """The name of the inbox's last migration."""
    return sorted(path.stem for path in project.migrations.glob("*.sql"))[-1]


def _described(project: Project, draft: Path) -> MessageType:
    described = describe_types(project, draft)
    if described.faults:
        reasons = "; ".join(fault.reason for fault in described.faults)
        raise Refused(f"{reasons}; nothing was written")
    return find_type(described.types, draft.name)


def _model(name: str, fields: Sequence[Field], taken_names_are_refused: bool) -> str:
    imports, lines = declare(fields, taken_names_are_refused)
    groups = [
        [one for one in imports if not one.startswith(("from pydantic", "from messages"))],
        [one for one in imports if one.startswith("from pydantic")],
        [_of_messages(imports)],
    ]
    text = "\n".join("\n".join(["", *_merged(group)]) for group in groups if group)
    model = pascal(name)
    taken = re.search(rf"import (.*, )?{model}\b", text)
    return _MODEL.format(
        name=name,
        model=f"{model}Data" if taken else model,
        imports=f"{text}\n",
        fields="\n".join(lines),
    )


def _of_messages(imports: Sequence[str]) -> str:
    integer = any(one.endswith("Integer") for one in imports)
    return f"from messages.data import Data{', Integer' if integer else ''}"


def _merged(imports: Sequence[str]) -> list[str]:
    """One line for each module."""
    modules: dict[str, list[str]] = {}
    for one in imports:
        _, module, _, name = one.split(" ", 3)
        modules.setdefault(module, []).extend(part.strip() for part in name.split(","))
    return [f"from {module} import {', '.join(sorted(n))}" for module, n in modules.items()]


def _event(name: str, number: int, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"sample-{number}",
        "source": f"urn:mailroom:sample:{name}",
        "type": name,
        "data": data,
    }


def _migration(project: Project, one: MessageType) -> str:
    columns: list[tuple[str, str, bool, tuple[str, ...]]]
    columns = [("source", "text", False, ()), ("id", "text", False, ())]
    columns += [(column.name, column.sql, column.nullable, column.values) for column in one.columns]
    lines = []
    for name, sql, nullable, values in columns:
        required = "" if nullable else " NOT NULL"
        lines.append(f'    "{name}" {sql}{required}{column_check(name, values)}')
    return _MIGRATION.format(
        before=latest_migration(project), name=one.name, table=one.table, columns=",\n".join(lines)
    )
