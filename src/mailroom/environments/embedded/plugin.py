"""Checks that LocalStack will load the plugin: its entry points are installed as they are now."""

import configparser
import tomllib

from mailroom.errors import Refused
from mailroom.project import Project

_DISTRIBUTION = "mailroom_localstack"


def require_installed_plugin(project: Project) -> None:
    """Check that the engine's environment has the plugin's current entry points.

    LocalStack finds its hooks by the installed metadata. With older ones it would start without
    patches, and listen on every address of the machine.

    Raises:
        Refused: They differ, as after an update without `make install`.
    """
    document = project.home / "emulator" / "plugin" / "pyproject.toml"
    if not document.exists():
        return
    declared = tomllib.loads(document.read_text())["project"].get("entry-points", {})
    if _installed(project) != declared:
        raise Refused(
            "the plugin that is installed for LocalStack is older than this checkout",
            "install it: make install",
        )


def _installed(project: Project) -> dict[str, dict[str, str]]:
    packages = project.packages("engine")
    files = [*packages.glob(f"{_DISTRIBUTION}-*.dist-info/entry_points.txt")]
    parser = configparser.ConfigParser(delimiters=("=",))
    # Names are told apart by their case.
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(files)
    return {name: dict(parser[name]) for name in parser.sections()}
