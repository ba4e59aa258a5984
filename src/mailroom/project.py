"""The application that a command works on, and where Mailroom itself is installed."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from mailroom.errors import Refused

DEFAULT_STATE = ".mailroom"
SETTINGS = "mailroom.toml"
TEMPLATE_VARIABLE = "MAILROOM_TEMPLATE"
_WORKFLOW = Path("infra", "template.yml")
_TEMPLATES = (Path("template.yml"), Path("template.yaml"), _WORKFLOW)
_INSTALLED = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Project:
    """An application: the message workflow in a checkout of Mailroom, or another one.

    Attributes:
        root: The application's folder.
        state: Folder of the environment's state: data, logs, builds, process ids.
        own_template: The template of another application; None for the message workflow.
    """

    root: Path
    state: Path
    own_template: Path | None = None

    @classmethod
    def find(cls, state: Path | None = None, start: Path | None = None) -> "Project":
        """The application of the working directory, else the checkout that this code is part of.

        The template is what MAILROOM_TEMPLATE names, else what `mailroom.toml` names, else
        `template.yml`, `template.yaml` or `infra/template.yml`, in the nearest folder that has one.

        Args:
            state: Folder of the state; None for `MAILROOM_STATE`, else `.mailroom` in the
                application's folder.
            start: The folder to begin in; None for the working directory.

        Raises:
            Refused: The template is missing, or `mailroom.toml` is malformed.
        """
        root, template = _named() or _nearest(start or Path.cwd())
        chosen = state or Path(os.environ.get("MAILROOM_STATE") or root / DEFAULT_STATE)
        own = None if _is_workflow(root, template) else template
        return cls(root, chosen.absolute(), own)

    @classmethod
    def find_workflow(cls) -> "Project":
        """As `find`, for a command that only the message workflow has.

        Raises:
            Refused: It is another application.
        """
        project = cls.find()
        if not project.is_workflow:
            raise Refused(
                f"{project.template.name} has no message types: this command is for Mailroom's own"
                " message workflow",
                "what works with every application: mailroom --help",
            )
        return project

    @property
    def is_workflow(self) -> bool:
        """Whether this is the message workflow, which has message types, batches and rows."""
        return self.own_template is None

    @property
    def home(self) -> Path:
        """Where Mailroom itself is installed: its engine, the interpreters and the plugin."""
        return self.root if self.is_workflow else _INSTALLED

    @property
    def template(self) -> Path:
        return self.own_template or self.root / _WORKFLOW

    @property
    def functions(self) -> Path:
        return self.root / "functions"

    @property
    def migrations(self) -> Path:
        return self.root / "infra" / "migrations"

    @property
    def environments(self) -> Path:
        """Folder of the environment configs."""
        return self.root / "infra" / "environments"

    @property
    def code_entries(self) -> dict[str, Path]:
        """The top level of the functions' code without its dependencies: name → path."""
        packages = {
            path.parent.name: path.parent for path in sorted(self.functions.glob("*/__init__.py"))
        }
        return {**packages, "migrations": self.migrations}

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def uv(self) -> str:
        """The uv that scripts/install.sh found or installed."""
        own = self.home / ".envs" / "uv" / "bin" / "uv"
        return str(own) if own.exists() else "uv"

    def interpreter(self, environment: str) -> Path:
        """The Python of one of the environments in .envs: `engine` or a Lambda runtime's name."""
        return self.home / ".envs" / environment / "bin" / "python"

    def packages(self, environment: str) -> Path:
        """The installed packages of one of the environments in .envs."""
        return self.home / ".envs" / environment / "lib" / "python3.13" / "site-packages"


def _named() -> tuple[Path, Path] | None:
    """Folder and template that MAILROOM_TEMPLATE names."""
    name = os.environ.get(TEMPLATE_VARIABLE)
    if not name:
        return None
    template = Path(name).absolute()
    if not template.is_file():
        raise Refused(f"there is no template {name}", "name another: mailroom --template FILE")
    folders = [template.parent, *template.parents]
    root = next((one for one in folders if (one / SETTINGS).is_file()), template.parent)
    return _outside_infra(root, template)


def _nearest(start: Path) -> tuple[Path, Path]:
    """Folder and template of a folder, or of the nearest one above it."""
    for folder in (start, *start.parents):
        named = _template_setting(folder / SETTINGS)
        if named is not None:
            if not (folder / named).is_file():
                raise Refused(f"{folder / SETTINGS}: there is no template {named}")
            return folder, folder / named
        for template in _TEMPLATES:
            if _is_workflow(folder, folder / template) or _is_template(folder / template):
                return _outside_infra(folder, folder / template)
    return _INSTALLED, _INSTALLED / _WORKFLOW


def _outside_infra(root: Path, template: Path) -> tuple[Path, Path]:
    """The folder around one called infra/, in which infra/template.yml is."""
    inside = root.name == "infra" and template == root / "template.yml"
    return (root.parent if inside else root), template


def _template_setting(settings: Path) -> str | None:
    try:
        named = tomllib.loads(settings.read_text()).get("template")
    except FileNotFoundError:
        return None
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{settings}: {error}") from error
    return None if named is None else str(named)


def _is_template(path: Path) -> bool:
    """Whether a file is a template of CloudFormation, and not of another program."""
    try:
        return any(line.strip("\"' \n").startswith("Resources") for line in path.open())
    except (OSError, UnicodeDecodeError):
        return False


def _is_workflow(root: Path, template: Path) -> bool:
    messages = root / "functions" / "messages"
    return template == root / _WORKFLOW and template.is_file() and messages.is_dir()
