"""Runs inside LocalStack's container, once LocalStack answers: brings the environment up.

LocalStack's ready hook (emulator/init/ready.d/deploy.sh) calls it at every start of the
container. The superuser of Postgres connects through a Unix socket that only the two containers
share. So the passwords of the other logins can be kept in the superuser's database, which has the
lifetime of the data.
"""

import os
import sys
from pathlib import Path

from psycopg.conninfo import make_conninfo
from rich.console import Console

from mailroom.aws.sessions import EmulatorSession
from mailroom.database.owner import connects
from mailroom.database.reader import PasswordTable
from mailroom.deployment.environment_config import load_environment_config
from mailroom.deployment.parameters import parse_parameters
from mailroom.deployment.template import Template
from mailroom.environments.bring_up import Installation, bring_up
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, Refused
from mailroom.packaging.archive import pack
from mailroom.packaging.code import link_sources
from mailroom.packaging.dependencies import host_architecture
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.waiting import wait_until

# Paths of emulator/Dockerfile and docker-compose.yml.
_HOME = Path("/opt/mailroom")
_PROJECT = Project(root=_HOME / "checkout", state=Path("/var/lib/localstack/mailroom"))
_DEPENDENCIES = _HOME / "functions"
_INSTALLED_LOCK = _HOME / "functions.txt"
_SUPERUSER = make_conninfo(host="/run/mailroom/postgres", user="postgres", dbname="postgres")
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
    installation = Installation(
        environment=Environment("compose", _ENDPOINT, lambda: session, config.stack, _SUPERUSER),
        config=config,
        superuser=_SUPERUSER,
        database_host="postgres",
        database_port=5432,
        password=PasswordTable(_SUPERUSER).provide,
        live_code=lambda: link_sources(_PROJECT, _dependencies()),
        package=package,
        awaited="Postgres 18",
        wait=lambda: wait_until(lambda: connects(_SUPERUSER), "Postgres", 60),
    )
    packaged = code == "packaged"
    bring_up(installation, template, parameters, progress, packaged=packaged, renew=False)


def package() -> Path:
    """The zip that would go to AWS, with the dependencies that the image contains."""
    return pack(_PROJECT, _dependencies(), host_architecture())


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
