"""Builds the packages that the rules about packages check."""

from dataclasses import replace

from mailroom.checking.definitions import MALFORMED, Definitions
from mailroom.errors import MailroomError
from mailroom.packaging.dependencies import install_dependencies
from mailroom.project import Project

_NO_WHEEL = ("no wheels", "no wheel", "matching platform tag", "matching Python ABI tag")


def with_packages(project: Project, definitions: Definitions) -> tuple[Definitions, list[str]]:
    """Package the dependencies for each architecture that an environment deploys.

    Nothing is done when they are built already.

    Returns:
        The definitions with the packages, and why some could not be had (a registry that does
        not answer is no finding).
    """
    packages, faults, notes = {}, {}, []
    for architecture in sorted(set(_architectures(definitions))):
        folder = project.state / "build" / f"dependencies-{architecture}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            install_dependencies(project, folder, architecture)
            packages[architecture] = folder
        except MailroomError as error:
            if any(sign in error.hint for sign in _NO_WHEEL):
                faults[architecture] = " ".join(error.hint.split())
            else:
                notes.append(f"the package for {architecture} was not checked: {error}")
    return replace(definitions, packages=packages, package_faults=faults), notes


def _architectures(definitions: Definitions) -> list[str]:
    try:
        named = [
            function.get("Architectures", 0) or "x86_64"
            for stack in definitions.known_stacks
            for function in stack.of_type("AWS::Lambda::Function")
        ]
    except MALFORMED:
        return []  # the rules say so
    return [name for name in named if name in ("x86_64", "arm64")]
