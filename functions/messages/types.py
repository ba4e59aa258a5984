"""The message types that the functions know: one for each folder of message_types/."""

import importlib.util
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from messages.actions import ActionMessage
from messages.columns import Column, NoColumn, column_of, is_plain
from messages.data import Data
from messages.names import wrong_field_name, wrong_type_name
from messages.type_settings import InvalidMessageType, TypeSettings, read_settings

FOLDER = Path(__file__).parents[1] / "message_types"
_PACKAGE = "message_types"
_MODEL_FILE = "__init__.py"
_ACTION_FILE = "action.py"

type Action = Callable[[Any, list[ActionMessage]], None]


@dataclass(frozen=True, eq=False)
class MessageType:
    """One message type.

    Attributes:
        name: Its name, which is the attribute `type` of its events.
        folder: Its folder.
        data: The model of its events' data.
        columns: The columns of its table beside `source` and `id`.
        settings: What its type.toml says.
        plain: Whether the data can be validated as parsed JSON; otherwise from the JSON text.
    """

    name: str
    folder: Path
    data: type[Data]
    columns: tuple[Column, ...]
    settings: TypeSettings
    plain: bool

    def action(self) -> Action | None:
        """Return the type's `act`, if it has an action.

        Raises:
            InvalidMessageType: when action.py can't be imported or has no such function.
        """
        if not (self.folder / _ACTION_FILE).exists():
            return None
        module = _import(f"{_PACKAGE}.{self.name}.action", self.folder / _ACTION_FILE)
        act = getattr(module, "act", None)
        if not inspect.isfunction(act) or len(inspect.signature(act).parameters) != 2:
            file = f"{_PACKAGE}/{self.name}/{_ACTION_FILE}"
            raise InvalidMessageType(file, 1, "it has no function act(transaction, messages)")
        return act


def type_folders() -> list[Path]:
    """Return the folders of all types, in the order of their names."""
    return sorted(folder for folder in FOLDER.iterdir() if _is_type(folder))


def load_type(folder: Path) -> MessageType:
    """Return the type of a folder.

    Raises:
        InvalidMessageType: when something in the folder is wrong; it names file and line.
    """
    file = f"{_PACKAGE}/{folder.name}/{_MODEL_FILE}"
    if wrong := wrong_type_name(folder.name):
        raise InvalidMessageType(file, 1, f"no type can be named {folder.name}: {wrong}")
    if not (folder / _MODEL_FILE).exists():
        raise InvalidMessageType(file, 1, "there is no such file; it holds the model of the data")
    settings = read_settings(folder)
    for migration in folder.glob("migrations/*"):
        if not migration.name.startswith(f"{folder.name}.") or migration.suffix != ".sql":
            named = f"{_PACKAGE}/{folder.name}/migrations/{migration.name}"
            raise InvalidMessageType(named, 1, f"it must be named {folder.name}.NAME.sql")
    module = _import(f"{_PACKAGE}.{folder.name}", folder / _MODEL_FILE)
    model = _model(module, file)
    return MessageType(
        folder.name, folder, model, tuple(_columns(model, file)), settings, is_plain(model)
    )


def require_tables_of_their_own(types: Iterable[MessageType]) -> None:
    """Check that no two types have the same table.

    Raises:
        InvalidMessageType: when two have.
    """
    owners: dict[str, str] = {}
    for one in types:
        owner = owners.setdefault(one.settings.table, one.name)
        if owner != one.name:
            file = f"{_PACKAGE}/{one.name}/type.toml"
            reason = f"table {one.settings.table} is the table of type {owner}"
            raise InvalidMessageType(file, 1, reason)


@cache
def message_types() -> dict[str, MessageType]:
    """Return the deployed types by name.

    Raises:
        InvalidMessageType: when the folder of one is wrong.
    """
    types = {folder.name: load_type(folder) for folder in type_folders()}
    require_tables_of_their_own(types.values())
    return types


def field_line(model: type[Data], name: str) -> int:
    """Return the line of a field in the file of its model; 1 when its source isn't there."""
    try:
        lines, first = inspect.getsourcelines(model)
    except (OSError, TypeError):
        return 1
    pattern = re.compile(rf"\s+{re.escape(name)}\s*:")
    found = (number for number, line in enumerate(lines, first) if pattern.match(line))
    return next(found, first)


def line_in(file: Path, error: Exception) -> int | None:
    """Return the line of a file, from 1, in which an error occurred; None if it wasn't there."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == str(file)]
    return frames[-1].lineno if frames else None


def _is_type(folder: Path) -> bool:
    # Git leaves folders behind in which Python has written its cache.
    return (
        folder.is_dir()
        and not folder.name.startswith((".", "_"))
        and any(one.name != "__pycache__" for one in folder.iterdir())
    )


def _import(name: str, file: Path) -> ModuleType:
    if name in sys.modules and sys.modules[name].__file__ == str(file):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        shown = f"{_PACKAGE}/{file.parent.name}/{file.name}"
        reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        raise InvalidMessageType(shown, line_in(file, error) or 1, reason) from error
    return module


def _model(module: ModuleType, file: str) -> type[Data]:
    models = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Data) and one.__module__ == module.__name__
    ]
    # A model that is a part of another one is not the model of the data.
    parts = {part for one in models for part in models if part is not one and _uses(one, part)}
    whole = [one for one in models if one not in parts]
    if len(whole) != 1:
        names = ", ".join(one.__name__ for one in whole) or "none"
        reason = f"one subclass of messages.data.Data is required, here: {names}"
        raise InvalidMessageType(file, 1, reason)
    return whole[0]


def _uses(model: type[Data], part: type[Data]) -> bool:
    annotations = (str(field.annotation) for field in model.model_fields.values())
    return any(re.search(rf"\b{re.escape(part.__qualname__)}\b", one) for one in annotations)


def _columns(model: type[Data], file: str) -> Iterable[Column]:
    for name, field in model.model_fields.items():
        try:
            wrong = wrong_field_name(name)
            if wrong:
                raise NoColumn(wrong)
            yield column_of(name, field)
        except NoColumn as error:
            raise InvalidMessageType(file, field_line(model, name), f"{name}: {error}") from None
