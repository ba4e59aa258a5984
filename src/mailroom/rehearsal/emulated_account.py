"""The account of a rehearsal: a new emulator, with an account id of its own, and a Postgres."""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

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
_UNBOUNDED = "arn:aws:iam::aws:policy/PowerUserAccess"
# LocalStack names these resources otherwise than CloudFormation.
_NAMES = {
    ":MessageWorkflow-*": ":mailroom-*-MessageWorkflow-*",
    ":IngestionSecret-*": ":mailroom-*-IngestionSecret-*",
    "arn:aws:sns:*:*:mailroom-*": "arn:aws:sns:*:*:topic-*",
}


class _Untagged(SafeConstructor):
    """Reads `!Ref Name` as the name, in place of CloudFormation."""


_Untagged.add_multi_constructor("!", lambda _reader, _tag, node: node.value)


@dataclass(frozen=True)
class EmulatedAccount:
    """An account of an emulator.

    Attributes:
        endpoint: URL of the emulator.
        credentials: Access key and secret key of the user who deploys.
        session: Clients with the root user's permissions.
        secret: ARN of the database owner's secret.
        boundary: ARN of the policy that bounds the stack's roles.
        database: Connection string of the database's superuser.
    """

    endpoint: str
    credentials: tuple[str, str]
    session: EmulatorSession
    secret: str
    boundary: str
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
            "MAILROOM_REHEARSAL_BOUNDARY": self.boundary,
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
        # MiniStack enforces neither permissions nor boundaries.
        credentials, boundary = (config.account, "test"), _UNBOUNDED
        if name is EngineName.localstack:
            credentials, boundary = _create_deployer(session, project.root / "infra")
        yield EmulatedAccount(
            engine.endpoint, credentials, session, secret, boundary, postgres.dsn()
        )
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


def _create_deployer(session: EmulatorSession, infra: Path) -> tuple[tuple[str, str], str]:
    """Create a user with the permissions that infra/ci.yml gives to the role of CI.

    Returns:
        Its access key, and the ARN of the policy that bounds the roles that it makes.
    """
    iam = session.client("iam")

    def create_policy(name: str, document: str) -> str:
        made = iam.create_policy(PolicyName=name, PolicyDocument=document)
        return str(made["Policy"]["Arn"])

    # LocalStack refuses the template, as it has an identity provider.
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = _Untagged
    resources = reader.load(infra / "ci.yml")["Resources"]
    own, roles = (
        json.dumps(resources[name]["Properties"]["PolicyDocument"])
        for name in ("Boundary", "RolesBoundary")
    )
    boundary = create_policy("RolesBoundary", roles)
    own = own.replace('"RolesBoundary"', json.dumps(boundary))
    iam.create_user(UserName=_DEPLOYER, PermissionsBoundary=create_policy("Boundary", own))
    for file in infra.glob("deployer-*policy.json"):
        policy = file.read_text()
        for pattern, name in _NAMES.items():
            policy = policy.replace(pattern, name)
        iam.attach_user_policy(UserName=_DEPLOYER, PolicyArn=create_policy(file.stem, policy))
    key = iam.create_access_key(UserName=_DEPLOYER)["AccessKey"]
    return (key["AccessKeyId"], key["SecretAccessKey"]), boundary


def _remove(engine: Engine, postgres: PostgresServer) -> None:
    engine.stop()
    postgres.stop()
    postgres.remove()
