"""Describes the message types: `python -m messages.describe [FOLDER]`.

Prints JSON: `types`, a description of each type, and `faults`, what is wrong with folders, each
with file and line. FOLDER is a type's folder that isn't among the deployed ones, or replaces one.
Exits with 0, or with 2 when there are faults.
"""

import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

from messages.data import Data

# Before any model is made: it costs time, and the functions need no documentation.
Data.model_config["use_attribute_docstrings"] = True

from messages import types  # noqa: E402
from messages.event import validate  # noqa: E402
from messages.json_text import parse  # noqa: E402
from messages.problems import InvalidEvent  # noqa: E402
from messages.size import check_size  # noqa: E402
from messages.transaction_control import controlled_in  # noqa: E402
from messages.type_settings import InvalidMessageType  # noqa: E402

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def describe(extra: Path | None = None) -> dict[str, Any]:
    """Return the types and the faults of all folders."""
    folders = {folder.name: folder for folder in types.type_folders()}
    if extra is not None:
        folders[extra.name] = extra
    loaded: list[types.MessageType] = []
    described, faults = [], []
    for folder in folders.values():
        try:
            one = types.load_type(folder)
            types.require_tables_of_their_own([*loaded, one])
            described.append(_description(one))
            loaded.append(one)
        except InvalidMessageType as error:
            faults.append({"file": error.file, "line": error.line, "reason": error.reason})
    return {"types": described, "faults": faults}


def schema(model: type[Data]) -> dict[str, Any]:
    """Return the JSON Schema of a model: what the functions accept as `data`."""
    return {"$schema": DIALECT, **model.model_json_schema(mode="validation")}


def _description(one: types.MessageType) -> dict[str, Any]:
    action = one.action() is not None
    _require_no_control(one)
    return {
        "name": one.name,
        "title": (one.data.__doc__ or one.name).strip().splitlines()[0],
        "schema": schema(one.data),
        "columns": [asdict(column) for column in one.columns],
        "settings": asdict(one.settings),
        "action": action,
        "migrations": sorted(file.stem for file in one.folder.glob("migrations/*.sql")),
        "samples": _samples(one),
    }


def _require_no_control(one: types.MessageType) -> None:
    for file in sorted(one.folder.rglob("*.py")):
        shown = f"message_types/{one.name}/{file.relative_to(one.folder)}"
        try:
            found = next(controlled_in(file.read_text()), None)
        except SyntaxError as error:
            raise InvalidMessageType(
                shown, error.lineno or 1, f"SyntaxError: {error.msg}"
            ) from None
        if found:
            reason = "an action can't begin or end the transaction, which inserts the messages too"
            raise InvalidMessageType(shown, found[0], f"{found[1]}: {reason}")


def _samples(one: types.MessageType) -> list[dict[str, Any]]:
    file = one.folder / "samples.jsonl"
    shown = f"message_types/{one.name}/{file.name}"
    found = []
    lines = file.read_text().splitlines() if file.exists() else []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = parse(line)
            named = value.get("type") if isinstance(value, dict) else None
            if named != one.name:
                raise InvalidMessageType(shown, number, f"an event of type {one.name} is required")
            validate(one, value, line)
            check_size(line.encode(), one.name)
        except InvalidEvent as error:
            raise InvalidMessageType(shown, number, str(error)) from None
        found.append(json.loads(line))
    return found


def main(arguments: list[str]) -> int:
    """Describe the types and print the result."""
    # A field that hides a method of pydantic's is a warning, and a fault here.
    warnings.simplefilter("error", UserWarning)
    result = describe(Path(arguments[0]) if arguments else None)
    print(json.dumps(result))
    return 2 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
