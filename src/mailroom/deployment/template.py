"""The template as CloudFormation takes it: with the state machine's definition inside."""

import io
import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from mailroom.errors import Refused


def render_template(path: Path) -> str:
    """The template with each state machine's `DefinitionUri` replaced by the file's content.

    What `aws cloudformation package` does by uploading, this does in place (`Definition` of
    AWS::Serverless::StateMachine), so that one document is the whole of the definitions.

    Args:
        path: The SAM template; `DefinitionUri` is relative to its folder.

    Raises:
        Refused: A definition is missing or is not JSON.
    """
    yaml = YAML()
    yaml.width = 120
    document = yaml.load(path)
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::StateMachine":
            _inline_definition(resource["Properties"], path.parent)
    rendered = io.StringIO()
    yaml.dump(document, rendered)
    return rendered.getvalue()


def _inline_definition(properties: dict[str, Any], folder: Path) -> None:
    definition = folder / properties.pop("DefinitionUri")
    try:
        properties["Definition"] = json.loads(definition.read_text())
    except FileNotFoundError:
        raise Refused(f"{definition.name}, the state machine's definition, is missing") from None
    except json.JSONDecodeError as error:
        raise Refused(f"{definition.name}:{error.lineno}: not JSON: {error.msg}") from error
