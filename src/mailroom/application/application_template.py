"""The functions and layers of an application's template, with their lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.checking.finding import Location
from mailroom.checking.template.source import Place, Source
from mailroom.errors import Refused
from mailroom.project import Project

# The property that names the code, by resource type. `aws cloudformation package` replaces the same
# https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
FUNCTIONS = {"AWS::Serverless::Function": "CodeUri", "AWS::Lambda::Function": "Code"}
LAYERS = {"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}
_SERVERLESS = "AWS::Serverless::"


@dataclass(frozen=True)
class Code:
    """A function or a layer.

    Attributes:
        logical_id: Its name in the template.
        type: Its type.
        properties: Its properties, SAM's `Globals` included.
        place: Place in the template of the property that names its code.
        folder: Its code on this machine; None when the code is elsewhere or in the template.
        runtime: A function's runtime; a layer's `BuildMethod`, if it has one.
        architecture: `x86_64` or `arm64`.
        at: Its line.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    place: Place
    folder: Path | None
    runtime: str | None
    architecture: str
    at: Location

    @property
    def is_layer(self) -> bool:
        return self.type in LAYERS

    @property
    def is_image(self) -> bool:
        """Whether it is a container image."""
        properties = self.properties
        return properties.get("PackageType") == "Image" or "ImageUri" in properties


@dataclass(frozen=True)
class ApplicationTemplate:
    """A template, and the values of its parameters.

    Attributes:
        source: The parsed file.
        path: The file.
        parameters: Values of the parameters that have one.
    """

    source: Source
    path: Path
    parameters: Mapping[str, Any]

    @classmethod
    def read(cls, project: Project, given: Mapping[str, str]) -> "ApplicationTemplate":
        """Read an application's template.

        Args:
            project: The application.
            given: Template parameters that take precedence over the template's defaults.

        Raises:
            Refused: It is malformed.
        """
        source = Source.load(project.template, project.root)
        plain = source.plain
        if not isinstance(plain, dict) or not isinstance(plain.get("Resources"), dict):
            raise Refused(f"{source.file}: this is not a template: it has no Resources")
        declared = plain.get("Parameters") or {}
        defaults = {
            name: parameter["Default"]
            for name, parameter in declared.items()
            if isinstance(parameter, dict) and "Default" in parameter
        }
        return cls(source, project.template, {**defaults, **given})

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources by logical name."""
        found: dict[str, Any] = self.source.plain["Resources"]
        return {name: one for name, one in found.items() if isinstance(one, dict)}

    def codes(self) -> Iterator[Code]:
        """The functions and layers."""
        for name, resource in self.resources.items():
            if resource.get("Type") in {**FUNCTIONS, **LAYERS}:
                yield self._code(name, resource)

    def resolve(self, value: Any) -> Any:
        """The value that a `Ref` to a parameter stands for; any other value as it is."""
        if isinstance(value, dict) and set(value) == {"Ref"}:
            return self.parameters.get(str(value["Ref"]), value)
        return value

    def _code(self, name: str, resource: Mapping[str, Any]) -> Code:
        type_ = str(resource["Type"])
        key = {**FUNCTIONS, **LAYERS}[type_]
        properties = {**self._globals(type_), **(resource.get("Properties") or {})}
        metadata = resource.get("Metadata") or {}
        runtime = metadata.get("BuildMethod") if type_ in LAYERS else properties.get("Runtime")
        architectures = properties.get("Architectures") or ["x86_64"]
        if type_ in LAYERS:
            architectures = [metadata.get("BuildArchitecture", "x86_64")]
        place = ("Resources", name, "Properties", key)
        return Code(
            name,
            type_,
            properties,
            place,
            self._folder(type_, key, properties),
            self.resolve(runtime),
            str(self.resolve(architectures[0])),
            self.source.at(place),
        )

    def _folder(self, type_: str, key: str, properties: Mapping[str, Any]) -> Path | None:
        """The folder that a property names; SAM's default is the template's own."""
        named = self.resolve(properties.get(key))
        elsewhere = {"InlineCode", "ImageUri"} & set(properties)
        if named is None and type_.startswith(_SERVERLESS) and not elsewhere:
            named = "."
        if not isinstance(named, str) or "://" in named:
            return None
        return (self.path.parent / named).resolve()

    def _globals(self, type_: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html"""
        section = type_.removeprefix(_SERVERLESS) if type_.startswith(_SERVERLESS) else None
        found = (self.source.plain.get("Globals") or {}).get(section) or {}
        return dict(found)
