"""Renders the template with the state machine's definition inside, for CloudFormation."""

import hashlib
import io
import json
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mailroom.deployment.parameters import parameter_faults
from mailroom.errors import Refused
from mailroom.interrupts import postponed
from mailroom.wording import did_you_mean

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

ARTIFACTS = "artifacts/"  # what the keys of releases begin with
_MACHINE = "AWS::Serverless::StateMachine"


class Template:
    """A SAM template. The file is read at the first use, and refused then if it is malformed.

    Args:
        path: The file; each `DefinitionUri` in it is relative to its folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._yaml = template_yaml()
        self._yaml.width = 120

    @cached_property
    def _document(self) -> Any:
        try:
            with postponed():
                document = self._yaml.load(self._path)
        except OSError as error:
            raise Refused(f"{self._path}: {error.strerror}") from error
        except YAMLError as error:
            raise Refused(f"{self._path.name}{_place(error)}: not YAML") from error
        if not isinstance(document, dict) or "Resources" not in document:
            raise Refused(f"{self._path.name}: there are no Resources in it")
        return document

    def check_parameters(self, given: Mapping[str, str]) -> None:
        """Check that CloudFormation would accept parameters.

        Raises:
            Refused: Some are unknown, or their values not allowed; all faults are named.
        """
        faults = self.parameter_faults(given)
        if faults:
            raise Refused(f"{self._path.name} does not take these parameters", "\n".join(faults))

    def merged_parameters(
        self,
        configured: Mapping[str, str],
        remembered: Mapping[str, str],
        given: Mapping[str, str],
        unset: Collection[str],
        command: str = "mailroom up",
    ) -> dict[str, str]:
        """The remembered parameters, less those that are unset, and the given ones, which win.

        Args:
            configured: The environment's own, which all of them win over.
            remembered: What an earlier `up` was given.
            given: What this one is given.
            unset: Names to forget.
            command: What takes `--unset`, for the error.

        Raises:
            Refused: CloudFormation would refuse one, or there is none of the name.
        """
        unknown = [
            name
            for name in unset
            if name not in remembered and name not in self._document.get("Parameters", {})
        ]
        if unknown:
            close = did_you_mean(unknown[0], self._document.get("Parameters", {}))
            raise Refused(f"there is no such parameter: {', '.join(unknown)}", close)
        kept = {name: value for name, value in remembered.items() if name not in unset}
        faults = self.parameter_faults({k: v for k, v in kept.items() if k not in given})
        if faults:
            raise Refused(
                f"{self._path.name} does not take parameters of an earlier `up`",
                "\n".join([*faults, f"forget one: {command} --unset NAME"]),
            )
        merged = {**kept, **given}
        self.check_parameters({**configured, **merged})
        return merged

    def parameter_faults(self, given: Mapping[str, str]) -> list[str]:
        """The faults for which CloudFormation would reject parameters, a line each."""
        return parameter_faults(self._document.get("Parameters", {}), given)

    def required_parameters(self) -> set[str]:
        """Names of the parameters that have no default."""
        declared = self._document.get("Parameters", {})
        return {name for name, parameter in declared.items() if "Default" not in parameter}

    def put(self, place: Sequence[str | int], value: Any) -> None:
        """Set a property, before the template is rendered."""
        node = self._document
        for key in place[:-1]:
            node = node.setdefault(key, {}) if isinstance(node, dict) else node[key]
        node[place[-1]] = value

    def render(self) -> str:
        """The template with each state machine's `DefinitionUri` replaced by a `Definition`.

        `aws cloudformation package` would upload the file. This way one document contains all
        definitions.

        Raises:
            Refused: A definition is missing or not JSON.
        """
        return self._rendered

    @cached_property
    def _rendered(self) -> str:
        for resource in self._document["Resources"].values():
            machine = isinstance(resource, dict) and resource.get("Type") == _MACHINE
            if machine and isinstance(resource.get("Properties"), dict):
                self._inline_definition(resource["Properties"])
        rendered = io.StringIO()
        self._yaml.dump(self._document, rendered)
        return rendered.getvalue()

    def _inline_definition(self, properties: dict[str, Any]) -> None:
        if not isinstance(properties.get("DefinitionUri"), str):
            return
        definition = self._path.parent / properties.pop("DefinitionUri")
        try:
            text = definition.read_text()
            is_yaml = definition.suffix in (".yml", ".yaml")
            properties["Definition"] = YAML(typ="safe").load(text) if is_yaml else json.loads(text)
        except FileNotFoundError:
            raise Refused(
                f"{definition.name}, the state machine's definition, is missing"
            ) from None
        except json.JSONDecodeError as error:
            raise Refused(f"{definition.name}:{error.lineno}: not JSON: {error.msg}") from error
        except YAMLError as error:
            raise Refused(f"{definition.name}{_place(error)}: not YAML") from error


def template_yaml() -> YAML:
    """A reader and writer of templates that keeps quotes.

    CloudFormation reads YAML 1.1, where OFF without quotes is a boolean.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    return yaml


def template_key(text: str) -> str:
    """The key of a rendered template in an artifact bucket."""
    return f"{ARTIFACTS}template-{hashlib.sha256(text.encode()).hexdigest()}.yml"


def put_template(s3: "S3Client", bucket: str, text: str) -> str:
    """Upload a rendered template to an artifact bucket, and return its URL."""
    key = template_key(text)
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _place(error: YAMLError) -> str:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    return f":{mark.line + 1}" if mark else ""
