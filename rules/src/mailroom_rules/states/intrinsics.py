"""The syntax of intrinsic functions in the Amazon States Language."""

import re
from dataclasses import dataclass

from mailroom_rules.states.jsonpath import path_fault

# Name → least and most arguments.
# https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
_FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "States.Array": (0, None),
    "States.ArrayContains": (2, 2),
    "States.ArrayGetItem": (2, 2),
    "States.ArrayLength": (1, 1),
    "States.ArrayPartition": (2, 2),
    "States.ArrayRange": (3, 3),
    "States.ArrayUnique": (1, 1),
    "States.Base64Decode": (1, 1),
    "States.Base64Encode": (1, 1),
    "States.Format": (1, None),
    "States.Hash": (2, 2),
    "States.JsonMerge": (3, 3),
    "States.JsonToString": (1, 1),
    "States.MathAdd": (2, 2),
    "States.MathRandom": (2, 3),
    "States.StringSplit": (2, 2),
    "States.StringToJson": (1, 1),
    "States.UUID": (0, 0),
}
UNKNOWN_FUNCTION = "there is no function"
_DEEPEST = 10
_CALL = re.compile(r"\s*([A-Za-z][\w.]*)\s*\(")
_STRING = re.compile(r"\s*'((?:[^'\\]|\\.)*)'\s*")
_LITERAL = re.compile(r"\s*(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)\s*(?=[,)])")
_PLACEHOLDER = re.compile(r"(?<!\\)\{\}")


class _Fault(Exception):
    """The text is not a call of a known function."""


@dataclass
class _Reader:
    text: str
    place: int = 0

    def call(self, depth: int = 1) -> None:
        """Read one call, with all its arguments."""
        if depth > _DEEPEST:
            raise _Fault(f"more than {_DEEPEST} functions are nested")
        match = _CALL.match(self.text, self.place)
        if not match:
            raise _Fault(f"a function was expected at {self.text[self.place :]!r}")
        name = match[1]
        if name not in _FUNCTIONS:
            raise _Fault(f"{UNKNOWN_FUNCTION} {name}")
        self.place = match.end()
        self._check(name, self._arguments(depth))

    def _arguments(self, depth: int) -> list[str | None]:
        arguments: list[str | None] = []
        if self._take(")"):
            return arguments
        while True:
            arguments.append(self._argument(depth))
            if self._take(")"):
                return arguments
            if not self._take(","):
                raise _Fault(f"',' or ')' was expected at {self.text[self.place :]!r}")

    def _argument(self, depth: int) -> str | None:
        """Read an argument; returns the text of a string, None of anything else."""
        if match := _STRING.match(self.text, self.place):
            self.place = match.end()
            return match[1]
        if match := _LITERAL.match(self.text, self.place):
            self.place = match.end()
        elif self.text[self.place :].lstrip().startswith("$"):
            self._path()
        else:
            self.call(depth + 1)
        return None

    def _path(self) -> None:
        start, brackets = self.place, 0
        while self.place < len(self.text):
            character = self.text[self.place]
            if brackets == 0 and character in ",)":
                break
            brackets += {"[": 1, "]": -1}.get(character, 0)
            self.place += 1
        if fault := path_fault(self.text[start : self.place].strip()):
            raise _Fault(fault)

    def _take(self, character: str) -> bool:
        rest = self.text[self.place :]
        stripped = rest.lstrip()
        if not stripped.startswith(character):
            return False
        self.place += len(rest) - len(stripped) + 1
        return True

    def _check(self, name: str, arguments: list[str | None]) -> None:
        least, most = _FUNCTIONS[name]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            takes = f"{least}" if least == most else f"{least} or more"
            raise _Fault(f"{name} takes {takes} arguments, not {len(arguments)}")
        if name == "States.Format" and arguments[0] is not None:
            places = len(_PLACEHOLDER.findall(arguments[0]))
            if places != len(arguments) - 1:
                raise _Fault(f"{places} places {{}} for {len(arguments) - 1} values")


def intrinsic_fault(text: str) -> str | None:
    """What is wrong with a call of intrinsic functions, or None."""
    reader = _Reader(text)
    try:
        reader.call()
        if reader.text[reader.place :].strip():
            raise _Fault(f"{reader.text[reader.place :]!r} follows the call")
    except _Fault as fault:
        return str(fault)
    return None
