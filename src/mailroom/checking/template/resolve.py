"""Resolves intrinsic functions with the parameters of an environment."""

import re
from collections.abc import Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_NOTHING = object()
Values = Mapping[str, Any]


class Resolver:
    """Replaces what is known with its value, and leaves references to resources as they are.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
    """

    def __init__(
        self, template: Mapping[str, Any], values: Values, forced: Mapping[str, bool] | None = None
    ) -> None:
        """Take a template, values of all parameters, and conditions that are decided already."""
        self._values = values
        self._mappings = template.get("Mappings", {})
        self._conditions = template.get("Conditions", {})
        self._known: dict[str, bool] = dict(forced or {})

    def condition(self, name: str) -> bool:
        """Whether a condition holds; one that depends on something unknown does not."""
        if name not in self._known:
            self._known[name] = False  # a circle ends here
            self._known[name] = self._holds(self._conditions.get(name, False))
        return self._known[name]

    def resolve(self, value: Any) -> Any:
        """A value in which everything known is resolved."""
        resolved = self._resolve(value)
        return None if resolved is _NOTHING else resolved

    def _holds(self, expression: Any) -> bool:
        if not isinstance(expression, dict) or len(expression) != 1:
            return expression is True
        (function, argument), *_ = expression.items()
        if function == "Condition":
            return self.condition(argument)
        if function == "Fn::Equals":
            first, second = (self.resolve(side) for side in argument)
            return _text(first) == _text(second)
        if function == "Fn::Not":
            return not self._holds(argument[0])
        if function == "Fn::And":
            return all(self._holds(part) for part in argument)
        if function == "Fn::Or":
            return any(self._holds(part) for part in argument)
        return False

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self._resolve, value) if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, argument), *_ = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument)
        resolved = {key: self._resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NOTHING}

    def _call(self, function: str, argument: Any) -> Any:
        if function == "Ref":
            if argument == "AWS::NoValue":
                return _NOTHING
            return self._values.get(argument, {"Ref": argument})
        if function == "Fn::If":
            return self._resolve(argument[1] if self.condition(argument[0]) else argument[2])
        if function == "Fn::GetAtt":
            return {function: argument.split(".", 1) if isinstance(argument, str) else argument}
        if function == "Fn::Sub":
            return self._substituted(argument)
        argument = self._resolve(argument)
        if function == "Fn::Join" and isinstance(argument[1], list):
            return self._joined(*argument)
        if function == "Fn::Select" and isinstance(argument[1], list):
            index = int(argument[0])
            return argument[1][index] if index < len(argument[1]) else {function: argument}
        if function == "Fn::Split" and isinstance(argument[1], str):
            return argument[1].split(argument[0])
        if function == "Fn::FindInMap":
            found: Any = self._mappings
            for key in argument[:3]:
                found = found.get(_text(key)) if isinstance(found, dict) else None
            return {function: argument} if found is None else found
        return {function: argument}

    def _substituted(self, argument: Any) -> Any:
        text, own = argument if isinstance(argument, list) else (argument, {})

        def put(match: re.Match[str]) -> str:
            if match[1]:
                return "${" + match[2] + "}"
            value = self._resolve(own[match[2]]) if match[2] in own else self._values.get(match[2])
            if isinstance(value, dict):
                target = reference(value)
                return "${" + target + "}" if target else match[0]
            return match[0] if value is None else _text(value)

        done = _VARIABLE.sub(put, text)
        return {"Fn::Sub": done} if _VARIABLE.search(done) else done

    def _joined(self, separator: str, parts: list[Any]) -> Any:
        texts = [_as_variable(part) for part in parts]
        done = separator.join(texts)
        return {"Fn::Sub": done} if _VARIABLE.search(done) else done


def reference(value: Any) -> str | None:
    """The logical id of the resource that a resolved value refers to, if it is exactly one."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    (function, argument), *_ = value.items()
    if function == "Ref":
        return str(argument)
    if function == "Fn::GetAtt":
        return str(argument[0])
    if function == "Fn::Sub" and isinstance(argument, str):
        names = {name.partition(".")[0] for _, name in _VARIABLE.findall(argument)}
        own = {name for name in names if not name.startswith("AWS::")}
        return own.pop() if len(own) == 1 else None
    return None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _as_variable(part: Any) -> str:
    if not isinstance(part, dict):
        return _text(part)
    (function, argument), *_ = part.items()
    if function == "Fn::GetAtt":
        return "${" + ".".join(argument) + "}"
    return argument if function == "Fn::Sub" else "${" + str(argument) + "}"
