"""Parses JSON strictly: what it accepts can be stored, compared and sent on unchanged."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from messages.problems import InvalidEvent, Path, Problem, Reason, problem
from messages.tree import DEEPEST, find_control, find_forbidden, path_below_deepest, walk

_LONGEST_INTEGER = 4000  # Python itself refuses to convert integers from 4,300 digits on
_SUSPECT = re.compile(r"\\u0000|\\u[dD][89a-fA-F]|[\ud800-\udfff]")


class Inexact:
    """A number that neither an int nor a float represents exactly, as its text."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Constant:
    """NaN, Infinity or -Infinity: numbers for Python, invalid in JSON."""

    def __init__(self, word: str) -> None:
        self.word = word


class _Repeated(dict[str, Any]):
    """An object in which a key occurs more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.key = next(name for name in names if names.count(name) > 1)


def parse(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        InvalidEvent: when the text is not JSON, a key repeats, a NUL character or lone surrogate
            occurs, which Postgres can't store, or nesting is deeper than DEEPEST.
    """
    deep = path_below_deepest(text)
    if deep is not None:
        _refuse(deep, f"nested deeper than {DEEPEST} levels", Reason.INVALID_JSON)
    value, sound = _load(text)
    if not sound:
        _refuse(*_find_unsound(value))
    forbidden = find_forbidden(value) if _SUSPECT.search(text) else None
    if forbidden is not None:
        path, what = forbidden
        _refuse(path, f"contains {what}, which Postgres can't store", Reason.UNSTORABLE)
    return value


def canonical(value: Any) -> str:
    """Return the one JSON text of a parsed value: sorted keys, no white space, ASCII only."""
    return _CANONICAL.encode(value)


def beyond_64_bits(value: Any) -> bool:
    """Return whether a parsed value contains a number beyond 64-bit integers and floats."""
    return any(
        isinstance(node, Inexact) or (isinstance(node, int) and not -(2**63) <= node < 2**64)
        for _, node in walk(value)
    )


def _load(text: str) -> tuple[Any, bool]:
    sound = True

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal sound
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        sound = False
        return _Repeated(pairs)

    def constant(word: str) -> _Constant:
        nonlocal sound
        sound = False
        return _Constant(word)

    try:
        value = json.loads(
            text,
            object_pairs_hook=collect,
            parse_int=_integer,
            parse_float=_real,
            parse_constant=constant,
        )
    except json.JSONDecodeError as error:
        raise InvalidEvent([_syntax_problem(text, error)]) from None
    return value, sound


def _integer(text: str) -> int | Inexact:
    return int(text) if len(text) < _LONGEST_INTEGER else Inexact(text)


def _real(text: str) -> float | Inexact:
    number = float(text)
    digits, _, exponent = text.lower().partition("e")
    if len(digits) <= 16 and (not exponent or (len(exponent) <= 4 and abs(int(exponent)) < 290)):
        return number
    try:
        exact = Decimal(text) == Decimal(repr(number))
    except ArithmeticError:
        exact = False
    return number if exact else Inexact(text)


def _as_text(value: object) -> str:
    if isinstance(value, Inexact):
        # No accepted string begins with NUL, so no string has this canonical text.
        return f"\0{value.text}"
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_as_text)


def _syntax_problem(text: str, error: json.JSONDecodeError) -> Problem:
    if error.msg.startswith("Invalid control character"):
        path = _path_to_raw_control(text)
        return problem(path, "contains a control character that isn't escaped", Reason.INVALID_JSON)
    return problem((), f"not JSON: {error.msg} at character {error.pos + 1}", Reason.INVALID_JSON)


def _path_to_raw_control(text: str) -> Path:
    try:
        lenient = json.loads(text, strict=False, parse_int=Inexact, parse_float=Inexact)
    except ValueError:
        return ()
    return find_control(lenient) or ()


def _find_unsound(value: Any) -> tuple[Path, str, Reason]:
    for path, node in walk(value):
        if isinstance(node, _Repeated):
            return (*path, node.key), "key occurs more than once", Reason.INVALID_JSON
        if isinstance(node, _Constant):
            return path, f"{node.word} is not JSON", Reason.INVALID_JSON
    # The unsound value was overwritten: its key occurs again in an object further up.
    return (), "holds NaN or Infinity", Reason.INVALID_JSON


def _refuse(path: Path, reason: str, code: Reason) -> NoReturn:
    raise InvalidEvent([problem(path, reason, code)])
