"""The template as CloudFormation sees it: with SAM's resources expanded."""

import copy
import logging
from types import SimpleNamespace
from typing import Any

SERVERLESS = "AWS::Serverless-2016-10-31"
_CODE = ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion")
_FUNCTIONS_GLOBALS = "Function"


class SamRefused(Exception):
    """SAM can't expand the template.

    Attributes:
        causes: Logical id (None for the template itself) and reason of each fault.
    """

    def __init__(self, causes: list[tuple[str | None, str]]) -> None:
        super().__init__("; ".join(reason for _, reason in causes))
        self.causes = causes


def is_serverless(template: dict[str, Any]) -> bool:
    """Whether a template is written for SAM."""
    transforms = template.get("Transform", [])
    return SERVERLESS in ([transforms] if isinstance(transforms, str) else transforms)


def transform(template: dict[str, Any]) -> dict[str, Any]:
    """Expand SAM's resources as CloudFormation does, with the same library.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-serverless.html

    Raises:
        SamRefused: A resource can't be expanded.
    """
    if not is_serverless(template):
        return template
    # Importing it takes half a second; no other rule needs it.
    from samtranslator.model.exceptions import (  # type: ignore[import-untyped]
        InvalidDocumentException,
    )
    from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
    from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

    # It warns of its own metrics.
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    session = SimpleNamespace(region_name="us-east-1")
    template = _with_uploaded_code(template)
    translator = Translator({}, Parser(), boto_session=session)
    try:
        expanded: dict[str, Any] = translator.translate(template, {})
    except InvalidDocumentException as error:
        raise SamRefused(
            [(getattr(cause, "_logical_id", None), cause.message) for cause in error.causes]
        ) from error
    return expanded


def _with_uploaded_code(template: dict[str, Any]) -> dict[str, Any]:
    """A copy in which folders of code are objects of a bucket, as `sam package` makes them."""
    packaged = copy.deepcopy(template)
    parts: list[Any] = [
        part.get("Properties")
        for part in (packaged.get("Resources") or {}).values()
        if isinstance(part, dict) and part.get("Type") in _CODE
    ]
    parts += [(packaged.get("Globals") or {}).get(_FUNCTIONS_GLOBALS)]
    for properties in parts:
        for key in ("CodeUri", "ContentUri"):
            if not isinstance(properties, dict):
                continue
            named = properties.get(key)
            if isinstance(named, str) and "://" not in named:
                properties[key] = "s3://packaged/code.zip"
    return packaged
