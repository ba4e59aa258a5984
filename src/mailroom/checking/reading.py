"""Reads the template, and what belongs to it, for the rules."""

from pathlib import Path

from mailroom.checking.definitions import Definitions
from mailroom.checking.machines.machine import load_machines
from mailroom.checking.template.source import Source
from mailroom.deployment.environment_config import EnvironmentConfig, load_environment_config
from mailroom.errors import Refused
from mailroom.project import Project

_NO_ENVIRONMENT = EnvironmentConfig("default", "us-east-1", "mailroom")


def load_definitions(project: Project) -> Definitions:
    """Read a checkout's definitions.

    Raises:
        Refused: A file is missing or malformed.
    """
    engine = project.home / ".envs" / "engine"
    return read_definitions(
        project.template,
        project.root,
        project.functions,
        project.root / "infra" / "environments",
        engine if engine.is_dir() else None,
    )


def load_beside(project: Project) -> list[Definitions]:
    """Read the other templates of infra/, which are deployed to AWS alone.

    Raises:
        Refused: A file is missing or malformed.
    """
    nowhere = project.template.parent / "nowhere"
    return [
        read_definitions(path, project.root, nowhere, nowhere)
        for path in sorted(project.template.parent.glob("*.yml"))
        if path != project.template
    ]


def read_definitions(
    template: Path, root: Path, functions: Path, environments: Path, engine: Path | None = None
) -> Definitions:
    """Read a template and what belongs to it.

    Raises:
        Refused: A file is missing or malformed.
    """
    source = Source.load(template, root)
    if not isinstance(source.plain, dict) or not isinstance(source.plain.get("Resources"), dict):
        raise Refused(f"{source.file}: this is not a template: it has no Resources")
    targets = [
        load_environment_config(environments, path.stem)
        for path in sorted(environments.glob("*.toml"))
    ]
    return Definitions(
        root,
        template,
        source,
        list(load_machines(source, template.parent, root)),
        environments,
        targets or [_NO_ENVIRONMENT],
        functions,
        engine,
    )
