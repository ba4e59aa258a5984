"""Runs inside LocalStack's container, once it answers: brings the topology up.

LocalStack's ready hook (emulator/init/ready.d/deploy.sh) calls it, at every start of the
container. Postgres is reached as its superuser through a Unix socket that only the two
containers share, as in the embedded environment: so the owner gets a new password at each
start, and it is kept nowhere but in Secrets Manager.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from rich.console import Console

from mailroom.aws.sessions import EmulatorSession
from mailroom.database.owner import renew_owner, store_owner_credentials
from mailroom.deployment.deploy import Code
from mailroom.deployment.environment_config import load_environment_config
from mailroom.deployment.parameters import parse_parameters
from mailroom.deployment.template import Template
from mailroom.environments.bring_up import bring_up_to_date
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, Refused
from mailroom.packaging.archive import pack
from mailroom.packaging.code import link_sources, upload
from mailroom.packaging.dependencies import host_architecture
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.waiting import wait_until

# Where emulator/Dockerfile and docker-compose.yml put things.
_HOME = Path("/opt/mailroom")
_PROJECT = Project(root=_HOME / "checkout", state=Path("/var/lib/localstack/mailroom"))
_DEPENDENCIES = _HOME / "functions"
_INSTALLED_LOCK = _HOME / "functions.txt"
_SUPERUSER = make_conninfo(host="/run/mailroom/postgres", user="postgres", dbname="postgres")
_ENDPOINT = "http://127.0.0.1:4566"


def deploy(progress: Progress) -> None:
    """Give the owner a password, deploy, migrate.

    Raises:
        MailroomError: Something is in the way; the message says what.
    """
    config = load_environment_config(_PROJECT.environments, "local")
    account = config.account or "000000000000"
    template = Template(_PROJECT.template)
    words = os.environ.get("MAILROOM_PARAMETERS", "").split()
    parameters = parse_parameters(words, " in MAILROOM_PARAMETERS")
    template.check_parameters({**config.parameters, **parameters})
    session = EmulatorSession(_ENDPOINT, config.region, account)
    with progress.step("Functions' code") as step:
        kind = os.environ.get("MAILROOM_CODE") or "live"
        code = _code(kind)(session, f"mailroom-artifacts-{account}-{config.region}")
        step.result = kind
    with progress.step("Owner's password"):
        wait_until(_superuser_connects, "Postgres", 60)
        password = renew_owner(_SUPERUSER)
        secret = store_owner_credentials(session, "postgres", 5432, password)
    bring_up_to_date(
        Environment("compose", _ENDPOINT, session, config.stack, _SUPERUSER, "psql"),
        template,
        config,
        code,
        {"DatabaseSecretArn": secret, **parameters},
        progress,
    )


def package() -> Path:
    """The zip that would go to AWS, of the dependencies that the image holds."""
    return pack(_PROJECT, _DEPENDENCIES, host_architecture())


def main() -> int:
    """Deploy; the exit code is LocalStack's measure of the hook's success."""
    console = Console(stderr=True, emoji=False)
    try:
        deploy(Progress(console))
    except MailroomError as error:
        console.print(f"error: {error}", error.hint, sep="\n", markup=False, soft_wrap=True)
        return error.exit_code
    return 0


def _code(kind: str) -> Callable[[EmulatorSession, str], Code]:
    kinds = {"live": _live, "packaged": _packaged}
    if kind not in kinds:
        raise Refused(f"MAILROOM_CODE is {kind!r}", f"it may be: {', '.join(kinds)}")
    if (_PROJECT.functions / "requirements.txt").read_bytes() != _INSTALLED_LOCK.read_bytes():
        raise Refused(
            "functions/requirements.txt is not the one that this image was built with",
            "build it anew: docker compose up --build",
        )
    return kinds[kind]


def _live(session: EmulatorSession, bucket: str) -> Code:
    return link_sources(_PROJECT, _DEPENDENCIES)


def _packaged(session: EmulatorSession, bucket: str) -> Code:
    return upload(package(), host_architecture(), session, bucket)


def _superuser_connects() -> bool:
    try:
        psycopg.connect(_SUPERUSER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
