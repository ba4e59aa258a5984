"""Converts the values of options and arguments, without pydantic where nothing is converted."""

from dataclasses import dataclass
from typing import Any

import typer.core
from typer._coercion import RuntimeParam, TypeDescriptor, build_runtime_param


def coerce_when_needed() -> None:
    """Let Typer build what converts a parameter's values only for a value that needs it.

    Typer imports pydantic for it, which takes a quarter of the time of a command that looks.
    """
    typer.core.build_runtime_param = _Postponed.of  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Postponed(RuntimeParam):
    """Stands for Typer's conversion of one parameter's values; None never comes here."""

    descriptor: TypeDescriptor

    @classmethod
    def of(cls, descriptor: TypeDescriptor) -> RuntimeParam:
        return cls(descriptor.parameter_info, descriptor.annotation, descriptor)

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        # A default has the right type and is within its range; text is taken as it is.
        if (
            type(value) is self.annotation
            and self.parameter_info.parser is None
            and (self.annotation is str or value == param.default)
        ):
            return value
        return build_runtime_param(self.descriptor)._coerce_value(value, param=param, ctx=ctx)
