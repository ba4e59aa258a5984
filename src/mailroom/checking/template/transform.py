"""The template as CloudFormation sees it: with SAM's resources expanded."""

import copy
import logging
from types import SimpleNamespace
from typing import Any

SERVERLESS = "AWS::Serverless-2016-10-31"


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
    translator = Translator({}, Parser(), boto_session=session)
    try:
        expanded: dict[str, Any] = translator.translate(copy.deepcopy(template), {})
    except InvalidDocumentException as error:
        raise SamRefused(
            [(getattr(cause, "_logical_id", None), cause.message) for cause in error.causes]
        ) from error
    return expanded
