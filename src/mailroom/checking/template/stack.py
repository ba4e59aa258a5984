"""The template as one environment deploys it, with all values that are known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mailroom.checking.finding import Location
from mailroom.checking.template.resolve import Resolver, reference
from mailroom.checking.template.source import Key, Place, Source
from mailroom.deployment.environment_config import EnvironmentConfig


@dataclass(frozen=True)
class Resource:
    """A resource of the transformed template.

    Attributes:
        id: Logical id.
        type: CloudFormation's type.
        properties: Resolved; references to resources stay as `Ref` or `Fn::GetAtt`.
        source: The template's file.
    """

    id: str
    type: str
    properties: dict[str, Any]
    source: Source

    def at(self, *place: Key) -> Location:
        """Where the template's file has a property, or the resource that SAM made this from."""
        return locate(self.source, self.id, place)

    def get(self, *place: Key) -> Any:
        """A property's value, or None."""
        value: Any = self.properties
        for key in place:
            value = _inner(value, key)
        return value

    def number(self, *place: Key, default: float) -> float:
        """A property's value as a number; the default when it is absent or unknown."""
        try:
            return float(self.get(*place))
        except (TypeError, ValueError):
            return default


@dataclass(frozen=True)
class Stack:
    """A template with the values of one environment.

    Attributes:
        target: The environment.
        source: The template's file.
        template: The transformed template.
        values: Of parameters and pseudo parameters.
        forced: Conditions that hold or don't, whatever the values say.
    """

    target: EnvironmentConfig
    source: Source
    template: Mapping[str, Any]
    values: Mapping[str, Any]
    forced: Mapping[str, bool] = field(default_factory=dict)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """The resources whose condition holds, by logical id."""
        resolver = Resolver(self.template, self.values, self.forced)
        return {
            id: Resource(
                id, body.get("Type", ""), resolver.resolve(body.get("Properties", {})), self.source
            )
            for id, body in self.template.get("Resources", {}).items()
            if isinstance(body, dict)
            and ("Condition" not in body or resolver.condition(body["Condition"]))
        }

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of a type, or of several."""
        return (one for one in self.resources.values() if one.type in types)

    def referred(self, value: Any, type: str) -> Resource | None:
        """The resource of this type that a value refers to, if it is one of this stack."""
        found = self.resources.get(reference(value) or "")
        return found if found and found.type == type else None


def _inner(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    within = isinstance(value, list) and isinstance(key, int) and key < len(value)
    return value[key] if within else None


def origin_of(id: str, source: Source) -> str:
    """The logical id in the template's file that SAM made this one from."""
    names = [name for name in source.plain.get("Resources", {}) if id.startswith(name)]
    return max(names, key=len, default=id)


def locate(source: Source, id: str, place: Sequence[Key]) -> Location:
    """Where a template's file has a property of a resource: in the resource, or in Globals."""
    origin = origin_of(id, source)
    resource: Place = ("Resources", origin)
    if not place:
        return source.at(resource)
    in_globals = ("Globals", "Function", *place)
    own = source.has((*resource, "Properties", place[0]))
    if not own and source.has(in_globals[:3]):
        return source.at(in_globals)
    return source.at((*resource, "Properties", *place))


def values_of(template: Mapping[str, Any], target: EnvironmentConfig) -> dict[str, Any]:
    """Values of the template's parameters in an environment, and of the pseudo parameters.

    A parameter that has neither a value there nor a default is left out.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
    """
    values: dict[str, Any] = {
        "AWS::Region": target.region,
        "AWS::StackName": target.stack,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
    }
    if target.account and is_known(target.account):
        values["AWS::AccountId"] = target.account
    for name, parameter in template.get("Parameters", {}).items():
        value = target.parameters.get(name, parameter.get("Default"))
        if value is not None and is_known(str(value)):
            values[name] = _typed(value, parameter.get("Type", "String"))
    return values


def is_known(value: str) -> bool:
    """Whether a value is in an environment's file, not in a variable at the time of deployment."""
    return "${" not in value


def _typed(value: Any, type: str) -> Any:
    if type == "CommaDelimitedList" or type.startswith("List<"):
        return [part.strip() for part in str(value).split(",")]
    if type == "Number":
        number = float(value)
        return int(number) if number.is_integer() else number
    return str(value)
