"""The account of a rehearsal: a new emulator, with an account id of its own, and a Postgres."""

import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mailroom.aws.sessions import EmulatorSession
from mailroom.database.owner import renew_owner, store_owner_credentials
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.environments.embedded.postgres import PostgresServer
from mailroom.environments.ports import free_port
from mailroom.errors import Refused
from mailroom.interrupts import uninterrupted
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.rehearsal.engine_name import EngineName
from mailroom.rehearsal.engines import Engine, make_engine

_DEPLOYER = "deployer"
# LocalStack names these resources otherwise than CloudFormation.
_NAMES = {
    ":MessageWorkflow-*": ":mailroom-*-MessageWorkflow-*",
    ":IngestionSecret-*": ":mailroom-*-IngestionSecret-*",
    "arn:aws:sns:*:*:mailroom-*": "arn:aws:sns:*:*:topic-*",
}


@dataclass(frozen=True)
class EmulatedAccount:
    """An account of an emulator.

    Attributes:
        endpoint: URL of the emulator.
        credentials: Access key and secret key of the user who deploys.
        session: Clients with the root user's permissions.
        secret: ARN of the database owner's secret.
        database: Connection string of the database's superuser.
    """

    endpoint: str
    credentials: tuple[str, str]
    session: EmulatorSession
    secret: str
    database: str

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that make every AWS tool call the emulator."""
        key, secret = self.credentials
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            "MAILROOM_REHEARSAL_SECRET": self.secret,
        }


@contextmanager
def emulated_account(
    project: Project, config: EnvironmentConfig, name: EngineName, progress: Progress
) -> Iterator[EmulatedAccount]:
    """Start an empty engine and an empty Postgres; stop and remove both at the end.

    Args:
        project: The checkout; all files are in the folder `rehearsal` of its state.
        config: The rehearsed environment: its account and region.
        name: The engine.
        progress: Told of each step.

    Raises:
        Refused: The environment's file names no account.
        StartFailed: The engine or Postgres did not start.
    """
    if not config.account:
        raise Refused(f"{config.name}.toml names no account")
    home = project.state / "rehearsal"
    own = replace(project, state=home)
    engine = make_engine(name, own)
    postgres = PostgresServer(home / "postgres", home / "logs" / "postgres.log", free_port())
    _remove(engine, postgres)
    try:
        with progress.step(f"A clean {name}: account {config.account}, {config.region}"):
            started, server = engine.start(), postgres.start()
            postgres.wait(server)
            password = secrets.token_urlsafe(24)
            renew_owner(postgres.superuser(), password)
            engine.wait(started)
            session = EmulatorSession(engine.endpoint, config.region, config.account)
            secret = store_owner_credentials(session, "127.0.0.1", postgres.port, password)
        credentials = (config.account, "test")
        if name is EngineName.localstack:
            # MiniStack doesn't enforce permissions.
            policies = (project.root / "infra").glob("deployer-*policy.json")
            credentials = _create_deployer(session, policies)
        yield EmulatedAccount(engine.endpoint, credentials, session, secret, postgres.dsn())
    finally:
        with uninterrupted(), progress.step("Removing it"):
            _remove(engine, postgres)


def checkout_copy(project: Project, folder: Path) -> Path:
    """Copy a checkout, to edit the copy; the Python environments are links. Returns its root."""
    root = folder / "checkout"
    shutil.rmtree(root, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("functions", "infra", "tests"):
        shutil.copytree(project.root / name, root / name, ignore=ignored)
    for name in (".envs", ".venv", "emulator", "pyproject.toml", "rules", "samples", "src"):
        (root / name).symlink_to(project.root / name)
    return root


def _create_deployer(session: EmulatorSession, policies: Iterable[Path]) -> tuple[str, str]:
    """Create a user with the policies' permissions alone, and return its access key."""
    iam = session.client("iam")
    iam.create_user(UserName=_DEPLOYER)
    for file in policies:
        policy = file.read_text()
        for pattern, name in _NAMES.items():
            policy = policy.replace(pattern, name)
        iam.put_user_policy(UserName=_DEPLOYER, PolicyName=file.stem, PolicyDocument=policy)
    key = iam.create_access_key(UserName=_DEPLOYER)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def _remove(engine: Engine, postgres: PostgresServer) -> None:
    engine.stop()
    postgres.stop()
    postgres.remove()
