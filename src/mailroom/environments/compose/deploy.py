"""Runs inside LocalStack's container, once LocalStack answers: brings the environment up.

LocalStack's ready hook (emulator/init/ready.d/deploy.sh) calls it at every start of the
container. The logins to the database are there by then (`logins`); of their passwords it knows the
owner's, and the superuser can't be reached from here.
"""

import os
import sys
from pathlib import Path

from rich.console import Console

from mailroom.aws.sessions import EmulatorSession
from mailroom.database.logins import DATABASE, OWNER, conninfo
from mailroom.database.owner import connects
from mailroom.deployment.environment_config import load_environment_config
from mailroom.deployment.parameters import parse_parameters
from mailroom.deployment.template import Template
from mailroom.environments.bring_up import Installation, bring_up
from mailroom.environments.compose.logins import handed_on
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, Refused
from mailroom.packaging.archive import pack
from mailroom.packaging.code import RELOADED, Code, link_entries
from mailroom.packaging.dependencies import host_architecture
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.waiting import wait_until

# Paths of emulator/Dockerfile and docker-compose.yml.
_HOME = Path("/opt/mailroom")
_PROJECT = Project(root=_HOME / "checkout", state=Path("/var/lib/localstack/mailroom"))
_DEPENDENCIES = _HOME / "functions"
_INSTALLED_LOCK = _HOME / "functions.txt"
_POSTGRES, _PORT = "postgres", 5432
_ENDPOINT = "http://127.0.0.1:4566"
_CODES = ("live", "packaged")


def deploy(progress: Progress) -> None:
    """Bring the environment up: code, the owner's secret, stack, migrations.

    Raises:
        MailroomError: A step failed; the message says why.
    """
    code = os.environ.get("MAILROOM_CODE") or "live"
    if code not in _CODES:
        raise Refused(f"MAILROOM_CODE is {code!r}", f"it may be: {', '.join(_CODES)}")
    config = load_environment_config(_PROJECT.environments, "local")
    template = Template(_PROJECT.template)
    words = os.environ.get("MAILROOM_PARAMETERS", "").split()
    parameters = parse_parameters(words, " in MAILROOM_PARAMETERS")
    template.check_parameters({**config.parameters, **parameters})
    session = EmulatorSession(_ENDPOINT, config.region, config.emulated_account)
    database = conninfo(_POSTGRES, _PORT, DATABASE, OWNER, handed_on(OWNER))
    installation = Installation(
        environment=Environment("compose", _ENDPOINT, lambda: session, config.stack, database),
        config=config,
        give_passwords=lambda: None,
        database_host=_POSTGRES,
        database_port=_PORT,
        password=handed_on,
        live_code=_live_code,
        package=package,
        awaited="Postgres 18",
        wait=lambda: wait_until(lambda: connects(database), "Postgres", 60),
    )
    packaged = code == "packaged"
    bring_up(installation, template, parameters, progress, packaged=packaged, renew=False)


def package() -> Path:
    """The zip that would go to AWS, with the dependencies that the image contains."""
    return pack(_PROJECT, _dependencies(), host_architecture())


def _live_code() -> Code:
    """Links to the dependencies and to the sources, in a folder that may be written to."""
    folder = _PROJECT.state / "live"
    folder.mkdir(parents=True, exist_ok=True)
    dependencies = {path.name: path for path in _dependencies().iterdir()}
    link_entries(dependencies | _PROJECT.code_entries, folder)
    return Code(RELOADED, str(folder), host_architecture())


def main() -> int:
    """Deploy. LocalStack takes an exit code other than 0 as a failure of the hook."""
    console = Console(stderr=True, emoji=False)
    try:
        deploy(Progress(console))
    except MailroomError as error:
        console.print(f"error: {error}", error.hint, sep="\n", markup=False, soft_wrap=True)
        return error.exit_code
    return 0


def _dependencies() -> Path:
    if (_PROJECT.functions / "requirements.txt").read_bytes() != _INSTALLED_LOCK.read_bytes():
        raise Refused(
            "functions/requirements.txt is not the one that this image was built with",
            "build it again: docker compose up --build",
        )
    return _DEPENDENCIES


if __name__ == "__main__":
    sys.exit(main())
