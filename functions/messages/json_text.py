"""Reads JSON so strictly that what it accepts can be stored, compared and sent on unaltered."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from messages.nesting import DEEPEST, path_below_deepest
from messages.problems import InvalidEvent, Path, Problem, Reason, problem

_LONGEST_INTEGER = 4000  # Python itself refuses to convert integers from 4,300 digits on
_SUSPECT = re.compile(r"\\u0000|\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_FORBIDDEN = re.compile("[\0\ud800-\udfff]")
_CONTROL = re.compile("[\0-\x1f]")


class Inexact:
    """A number that neither Python's int nor its float holds exactly; it keeps its text."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Repeated(dict[str, Any]):
    """An object in which a key occurs more than once."""

    key = ""


def parse(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        InvalidEvent: on what is no JSON, on keys that repeat, on NUL characters and lone
            surrogates, which Postgres can't hold, and on nesting deeper than DEEPEST.
    """
    deep = path_below_deepest(text)
    if deep is not None:
        _refuse(deep, f"nested deeper than {DEEPEST} levels", Reason.INVALID_JSON)
    value, repeats = _load(text)
    if repeats:
        _refuse(*_find_repeated(value))
    if _SUSPECT.search(text):
        _refuse_unstorable(value)
    return value


def canonical(value: Any) -> str:
    """Return the one JSON text of a parsed value: sorted keys, no white space, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_as_text)


def beyond_64_bits(value: Any) -> bool:
    """Tell whether a parsed value holds a number that 64-bit integers and floats don't hold."""
    return any(
        isinstance(node, Inexact) or (isinstance(node, int) and not -(2**63) <= node < 2**64)
        for _, node in _walk(value)
    )


def _load(text: str) -> tuple[Any, bool]:
    repeats = False

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        repeats = True
        repeated = _Repeated(found)
        names = [name for name, _ in pairs]
        repeated.key = next(name for name in names if names.count(name) > 1)
        return repeated

    try:
        value = json.loads(
            text,
            object_pairs_hook=collect,
            parse_int=_integer,
            parse_float=_real,
            parse_constant=_no_constant,
        )
    except ValueError as error:
        raise InvalidEvent([_syntax_problem(text, error)]) from None
    return value, repeats


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


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _as_text(value: object) -> str:
    if isinstance(value, Inexact):
        # No accepted string begins with NUL, so this is no string's canonical text.
        return f"\0{value.text}"
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _syntax_problem(text: str, error: ValueError) -> Problem:
    if not isinstance(error, json.JSONDecodeError):
        return problem((), str(error), Reason.INVALID_JSON)
    if error.msg.startswith("Invalid control character"):
        path = _path_to_raw_control(text)
        return problem(path, "contains a control character that isn't escaped", Reason.INVALID_JSON)
    return problem((), f"no JSON: {error.msg} at character {error.pos + 1}", Reason.INVALID_JSON)


def _path_to_raw_control(text: str) -> Path:
    try:
        lenient = json.loads(text, strict=False, parse_int=Inexact, parse_float=Inexact)
    except ValueError:
        return ()
    for path, node in _walk(lenient):
        texts = [part for part in (*path[-1:], node) if isinstance(part, str)]
        if any(_CONTROL.search(part) for part in texts):
            return path
    return ()


def _find_repeated(value: Any) -> tuple[Path, str, Reason]:
    for path, node in _walk(value):
        if isinstance(node, _Repeated):
            return (*path, node.key), "key occurs more than once", Reason.INVALID_JSON
    raise AssertionError("a repeated key that the walk does not meet")


def _refuse_unstorable(value: Any) -> None:
    for path, node in _walk(value):
        named = path and isinstance(path[-1], str) and _FORBIDDEN.search(path[-1])
        found = named or (isinstance(node, str) and _FORBIDDEN.search(node))
        if found:
            what = "a NUL character" if found[0] == "\0" else "a lone surrogate"
            _refuse(path, f"contains {what}, which Postgres can't hold", Reason.UNSTORABLE)


def _walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _walk(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _walk(child, (*path, index))


def _refuse(path: Path, reason: str, code: Reason) -> NoReturn:
    raise InvalidEvent([problem(path, reason, code)])
