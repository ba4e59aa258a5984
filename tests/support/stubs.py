"""botocore's Stubber, holding calls and answers to all that a service's model says.

botocore itself looks at names, types and least lengths. Patterns, greatest lengths and values of
an enumeration are left to the service, which isn't there when it is stubbed. Where a model has
them in its descriptions alone, as the Serverless Application Repository's, they are read there.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import regex  # type: ignore[import-untyped]
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.stub import Stubber

_DOCUMENTED: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("pattern", r'Pattern:? "(.+?)";', lambda text: text.replace("\\\\", "\\")),
    ("min", r"Minimum length=(\d+)", int),
    ("max", r"Maximum length=(\d+)", int),
)


class StrictStubber(Stubber):
    """A Stubber that fails a call, or refuses an answer, that AWS's model doesn't admit.

    Raises:
        AssertionError: From the call, or from `add_response`; it names each part that is wrong.
    """

    def activate(self) -> None:
        super().activate()
        events = self.client.meta.events
        events.register_first("before-parameter-build.*.*", self._check_call, "strict-stubber")

    def deactivate(self) -> None:
        super().deactivate()
        self.client.meta.events.unregister(
            "before-parameter-build.*.*", self._check_call, "strict-stubber"
        )

    def add_response(self, method: str, service_response: Any, expected_params: Any = None) -> None:
        super().add_response(method, service_response, expected_params)
        operation = self.client.meta.method_to_api_mapping[method]
        shape = self.client.meta.service_model.operation_model(operation).output_shape
        if shape is not None:
            _require_none(f"an answer of {operation}", problems(service_response, shape))

    def _check_call(self, params: Any, model: Any, **_: Any) -> None:
        if model.input_shape is not None:
            _require_none(model.name, problems(params, model.input_shape))


def problems(value: Any, shape: Shape, where: str = "") -> Iterator[str]:
    """What of a value its shape doesn't admit: a pattern, a length, a range, an enumeration.

    Parts that the model doesn't know, and values of another type, are botocore's to refuse.
    """
    limits = _limits(shape)
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, part in value.items():
            if name in shape.members:
                yield from problems(part, shape.members[name], f"{where}.{name}")
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for key, part in value.items():
            yield from problems(key, shape.key, f"{where} key")
            yield from problems(part, shape.value, f"{where}.{key}")
    elif isinstance(shape, ListShape) and isinstance(value, list | tuple):
        # What a description says of a list is about its members.
        of_members = {} if shape.metadata else limits
        yield from _outside(shape.metadata, len(value), f"{where} has {len(value)} entries")
        for index, part in enumerate(value):
            yield from problems(part, shape.member, f"{where}[{index}]")
            yield from _unfit(part, of_members, f"{where}[{index}]")
    else:
        yield from _unfit(value, limits, where)


def _unfit(value: Any, limits: Mapping[str, Any], where: str) -> Iterator[str]:
    if isinstance(value, str):
        enum, pattern = limits.get("enum"), limits.get("pattern")
        if enum and value not in enum:
            yield f"{where} is {value!r}, which is not one of {', '.join(enum)}"
        if pattern and not regex.fullmatch(pattern, value):
            yield f"{where} is {value!r}, which does not match {pattern}"
        yield from _outside(limits, len(value), f"{where} has {len(value)} characters")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _outside(limits, value, f"{where} is {value}")


def _outside(limits: Mapping[str, Any], size: float, said: str) -> Iterator[str]:
    if size < limits.get("min", size):
        yield f"{said}, at least {limits['min']}"
    if size > limits.get("max", size):
        yield f"{said}, at most {limits['max']}"


def _limits(shape: Shape) -> dict[str, Any]:
    found = {
        name: convert(match[1])
        for name, expression, convert in _DOCUMENTED
        if (match := regex.search(expression, shape.documentation or ""))
    }
    return found | shape.metadata


def _require_none(what: str, found: Iterator[str]) -> None:
    listed = list(found)
    assert not listed, f"AWS's model does not admit {what}: {'; '.join(listed)}"
