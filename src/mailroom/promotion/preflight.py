"""Everything that is missing, named at once, before anything is created."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from mailroom.aws.errors import explain
from mailroom.deployment.environment_config import Target, load_target
from mailroom.deployment.stack import Stack
from mailroom.deployment.template import Template
from mailroom.errors import Refused
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project
from mailroom.promotion.account import Account, AccountSession
from mailroom.promotion.buckets import bucket_fault
from mailroom.promotion.variables import expand, missing_variables

# Filled in by whoever deploys, not by a person.
_OF_CODE = {"CodeBucket", "CodeKey", "Architecture"}


def open_account(
    project: Project, name: str, *, bucket: bool = True, parameters: bool = True
) -> Account:
    """Check what a command needs, and give it the account that it works on.

    Args:
        project: The checkout.
        name: The environment.
        bucket: Whether the artifact bucket has to be there.
        parameters: Whether every template parameter has to have a value.

    Raises:
        Refused: Something is missing, or it is another account; all faults are named at once.
    """
    target = load_target(project.root / "infra" / "environments", name)
    faults = [f"variable {one} is not set" for one in missing_variables(target)]
    faults += _tool_faults(project)
    target = expand(target)
    account, credential_faults = _identify(target)
    faults += credential_faults
    if account:
        if bucket:
            faults += bucket_fault(account)
        account, database_faults = _with_database(account, required=parameters)
        faults += database_faults
        target = account.target
    if parameters and not (target.database and account is None):
        faults += _parameter_faults(project, target)
    if faults or account is None:
        raise Refused(f"{name} can't be worked on", "\n".join(faults))
    return account


def _tool_faults(project: Project) -> Iterable[str]:
    tools = {
        f"Lambda's runtime, {RUNTIME}": project.interpreter(RUNTIME).exists(),
        "uv": Path(project.uv).is_absolute() or shutil.which(project.uv) is not None,
    }
    return [f"{tool} is not installed: make install" for tool, there in tools.items() if not there]


def _identify(target: Target) -> tuple[Account | None, list[str]]:
    try:
        session = AccountSession(region_name=target.region)
        caller = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        known = explain(error)
        return None, [f"{known}; {known.hint}" if known else str(error)]
    account = Account(target, session, caller["Account"], caller["Arn"])
    if target.account and "${" not in target.account and target.account != account.id:
        wanted = f"{target.name} is in account {target.account}"
        return None, [f"{wanted}; these credentials are {account.caller}'s, of {account.id}"]
    return account, []


def _with_database(account: Account, required: bool) -> tuple[Account, list[str]]:
    """The account with the outputs of its database's stack as parameters."""
    target = account.target
    if not target.database or not required:
        return account, []
    outputs = Stack(account.session.client("cloudformation"), target.database).outputs()
    if not outputs:
        make = f"mailroom setup --env {target.name} --database"
        return account, [f"stack {target.database}, the database's, is missing: {make}"]
    return account.with_parameters({**outputs, **target.parameters}), []


def _parameter_faults(project: Project, target: Target) -> list[str]:
    template = Template(project.template)
    missing = template.required_parameters() - _OF_CODE - set(target.parameters)
    return [
        *(f"parameter {name} has no value in {target.name}.toml" for name in sorted(missing)),
        *template.parameter_faults(target.parameters),
    ]
