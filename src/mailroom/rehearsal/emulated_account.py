"""Where a rehearsal plays: a clean emulator with an account of its own, and a Postgres."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mailroom.aws.sessions import EmulatorSession
from mailroom.database.owner import store_owner_credentials
from mailroom.deployment.environment_config import Target
from mailroom.environments.embedded.postgres import PostgresServer
from mailroom.environments.ports import free_port
from mailroom.errors import Refused
from mailroom.interrupts import uninterrupted
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.rehearsal.engine_name import EngineName
from mailroom.rehearsal.engines import Engine, make_engine

_DEPLOYER = "deployer"
# Names that LocalStack generates otherwise than CloudFormation does.
_NAMES = {
    ":MessageWorkflow-*": ":mailroom-*-MessageWorkflow-*",
    ":IngestionSecret-*": ":mailroom-*-IngestionSecret-*",
    "arn:aws:sns:*:*:mailroom-*": "arn:aws:sns:*:*:topic-*",
}


@dataclass(frozen=True)
class Stage:
    """An account to rehearse on.

    Attributes:
        endpoint: URL of what plays AWS.
        credentials: Access key and secret key of whoever deploys.
        session: Clients of it, of the account's root.
        secret: ARN of the database owner's secret.
        database: Connection string of the database, with the rights to look at everything.
    """

    endpoint: str
    credentials: tuple[str, str]
    session: EmulatorSession
    secret: str
    database: str

    @property
    def variables(self) -> dict[str, str]:
        """What makes every AWS tool take it for AWS."""
        key, secret = self.credentials
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            "MAILROOM_REHEARSAL_SECRET": self.secret,
        }


@contextmanager
def set_stage(
    project: Project, target: Target, name: EngineName, progress: Progress
) -> Iterator[Stage]:
    """Start an engine and Postgres with nothing in them; take them down at the end.

    Args:
        project: The checkout; everything lies in its state's folder `rehearsal`.
        target: The environment that is played: its account and region.
        name: What plays AWS.
        progress: Told of each step.

    Raises:
        Refused: The environment's file names no account, so there would be nothing to check.
        StartFailed: One did not start.
    """
    if not target.account:
        raise Refused(f"{target.name}.toml names no account to play")
    home = project.state / "rehearsal"
    own = replace(project, state=home)
    engine = make_engine(name, own)
    postgres = PostgresServer(home / "postgres", home / "logs" / "postgres.log", free_port())
    _take_down(engine, postgres)
    try:
        with progress.step(f"A clean {name}: account {target.account}, {target.region}"):
            started, server = engine.start(), postgres.start()
            postgres.wait(server)
            password = postgres.renew_owner()
            engine.wait(started)
            session = EmulatorSession(engine.endpoint, target.region, target.account)
            secret = store_owner_credentials(session, "127.0.0.1", postgres.port, password)
        credentials = (target.account, "test")
        if name is EngineName.localstack:
            # The other engine would let anybody do anything.
            policy = project.root / "infra" / "deployer-policy.json"
            credentials = _hire_deployer(session, policy.read_text())
        yield Stage(engine.endpoint, credentials, session, secret, postgres.dsn())
    finally:
        with uninterrupted(), progress.step("Taking it down"):
            _take_down(engine, postgres)


def checkout_copy(project: Project, folder: Path) -> Path:
    """A copy of what is promoted, to change at will; the environments are linked to.

    Returns:
        Its root.
    """
    root = folder / "checkout"
    shutil.rmtree(root, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("functions", "infra", "tests"):
        shutil.copytree(project.root / name, root / name, ignore=ignored)
    for name in (".envs", ".venv", "emulator", "pyproject.toml", "samples", "src"):
        (root / name).symlink_to(project.root / name)
    return root


def _hire_deployer(session: EmulatorSession, policy: str) -> tuple[str, str]:
    """Make a user who may do what the policy says, and no more; the user's access key."""
    for name, theirs in _NAMES.items():
        policy = policy.replace(name, theirs)
    iam = session.client("iam")
    iam.create_user(UserName=_DEPLOYER)
    iam.put_user_policy(UserName=_DEPLOYER, PolicyName=_DEPLOYER, PolicyDocument=policy)
    key = iam.create_access_key(UserName=_DEPLOYER)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def _take_down(engine: Engine, postgres: PostgresServer) -> None:
    engine.stop()
    postgres.stop()
    postgres.remove()
