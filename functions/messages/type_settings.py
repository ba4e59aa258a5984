"""What a type's type.toml says: its table, its queue's numbers, the grants of its action."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from messages.names import INBOX_TABLES, wrong_table_name

# A key's lowest and highest value.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
_NUMBERS = {
    "queue": {
        "max_receive_count": (1, 1000),
        "visibility_timeout": (0, 43_200),
        "retention": (60, 1_209_600),
        # As the stack's ConsumersPerQueue.
        "consumers": (2, 100),
    },
    "events": {"batch_size": (1, 10_000), "window": (0, 300)},
}
_PRIVILEGE = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)(\s*\([a-z_][a-z0-9_, ]*\))?")
_SEPARATOR = re.compile(r",\s*(?![^(]*\))")
_LINE = re.compile(r"at line (\d+)")


class InvalidMessageType(Exception):
    """Raised when the folder of a message type is wrong.

    Attributes:
        file: The file, from the folder of the functions on.
        line: The line in it, from 1.
        reason: What is wrong.
    """

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True)
class TypeSettings:
    """A type's settings; the times are in seconds.

    Attributes:
        table: The table that its data is inserted into.
        max_receive_count: How often SQS delivers a message before it moves it.
        visibility_timeout: How long a received message is invisible.
        retention: How long the queue keeps a message.
        consumers: Concurrent consumers of the queue; None: the stack's ConsumersPerQueue.
        batch_size: Most messages of one event, with consumption `events`.
        window: How long Lambda gathers messages for one event.
        grants: Privileges on tables that the type's action uses: table → privileges.
    """

    table: str
    max_receive_count: int = 15
    visibility_timeout: int = 360
    retention: int = 604_800
    consumers: int | None = None
    batch_size: int = 10
    window: int = 0
    grants: dict[str, str] = field(default_factory=dict)


def read_settings(folder: Path) -> TypeSettings:
    """Return the settings in a type's folder.

    Raises:
        InvalidMessageType: when type.toml is malformed; it names the line.
    """
    file = folder / "type.toml"
    text = file.read_text() if file.exists() else ""
    try:
        return _Reader(text, folder.name).settings(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line, reason = int(found[1]) if found else 1, str(error)
    except _WrongKey as error:
        line, reason = error.line, error.reason
    raise InvalidMessageType(f"message_types/{folder.name}/type.toml", line, reason)


class _WrongKey(Exception):
    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self._lines = text.splitlines()
        self._name = name

    def settings(self, document: dict[str, Any]) -> TypeSettings:
        for key in document.keys() - {"table", "queue", "events", "grants"}:
            self._refuse(key, f"{key}: unknown; known are table, [queue], [events] and [grants]")
        table = document.get("table", f"{self._name}s")
        wrong = wrong_table_name(table) if isinstance(table, str) else "a text is required"
        if wrong:
            self._refuse("table", f"table {table}: {wrong}")
        numbers = {
            key: value
            for section, known in _NUMBERS.items()
            for key, value in self._numbers(section, known, document.get(section, {})).items()
        }
        # Six times the function's timeout and the window, as AWS recommends.
        numbers.setdefault("visibility_timeout", 360 + numbers.get("window", 0))
        found = TypeSettings(table, **numbers, grants=self._grants(document.get("grants", {})))
        if found.batch_size > 10 and not found.window:
            self._refuse("batch_size", "batch_size: above 10 it takes a window of 1 s or more")
        return found

    def _numbers(
        self, section: str, known: dict[str, tuple[int, int]], given: Any
    ) -> dict[str, int]:
        if not isinstance(given, dict):
            self._refuse(section, f"{section}: a table is required, as [{section}]")
        for key, value in given.items():
            if key not in known:
                self._refuse(key, f"{key}: unknown; known are {', '.join(known)}")
            lowest, highest = known[key]
            if type(value) is not int or not lowest <= value <= highest:
                self._refuse(key, f"{key}: a whole number from {lowest} to {highest} is required")
        return dict(given)

    def _grants(self, given: Any) -> dict[str, str]:
        if not isinstance(given, dict):
            self._refuse("grants", "grants: a table is required, as [grants]")
        for table, privileges in given.items():
            if table in INBOX_TABLES:
                self._refuse(table, f"{table}: the inbox's own tables can't be granted")
            parts = _SEPARATOR.split(privileges) if isinstance(privileges, str) else [""]
            if not all(_PRIVILEGE.fullmatch(part) for part in parts):
                known = "SELECT, INSERT, UPDATE or DELETE"
                self._refuse(table, f"{table}: {known} is required, as in 'SELECT, UPDATE (a, b)'")
        return dict(given)

    def _refuse(self, key: str, reason: str) -> None:
        pattern = re.compile(rf"\s*\[?{re.escape(key)}\b")
        found = (n for n, line in enumerate(self._lines, 1) if pattern.match(line))
        raise _WrongKey(next(found, 1), reason)
