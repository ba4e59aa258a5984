"""A release: one zip and one template, identified by their hash."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from mailroom.deployment.template import ARTIFACTS, Template, template_key
from mailroom.packaging.archive import build_archive
from mailroom.packaging.code import Code
from mailroom.project import Project
from mailroom.types.asyncapi import asyncapi
from mailroom.types.definitions import require_current


@dataclass(frozen=True)
class Release:
    """An artifact and the definitions that it is deployed with.

    Attributes:
        archive: The zip; its name holds its SHA-256.
        architecture: The zip's Lambda architecture.
        template: The template with the state machine's definition inside.
        contract: The message types, as an AsyncAPI document.
    """

    archive: Path
    architecture: str
    template: str
    contract: str = ""

    @property
    def code_key(self) -> str:
        """Key of the zip in the artifact bucket."""
        return ARTIFACTS + self.archive.name

    @property
    def template_key(self) -> str:
        """Key of the template in the artifact bucket."""
        return template_key(self.template)

    @property
    def hash(self) -> str:
        """SHA-256 of both, as 64 hexadecimal digits."""
        return hashlib.sha256(f"{self.code_key}\n{self.template_key}\n".encode()).hexdigest()

    def parameters(self, bucket: str) -> dict[str, str]:
        """The template parameters that name the code."""
        return Code(bucket, self.code_key, self.architecture).parameters


def contract_key(code_key: str) -> str:
    """The key in the artifact bucket of the contract of a release, by the key of its zip.

    Unlike the zip it doesn't expire, as it is needed for as long as the release runs.
    """
    return f"contracts/{code_key.removeprefix(ARTIFACTS)}.json"


def build_release(project: Project, architecture: str) -> Release:
    """Package the functions and render the template.

    Raises:
        Refused: The definitions are malformed or aren't what the message types say, or the code is
            too large for Lambda.
    """
    types = require_current(project)
    contract = json.dumps(asyncapi(project, types), indent=2)
    template = Template(project.template).render()
    return Release(build_archive(project, architecture), architecture, template, contract)
