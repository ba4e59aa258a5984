"""Checks all that a command for an account needs, before it creates anything."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from mailroom.aws.error_translation import explain
from mailroom.deployment.environment_config import (
    EnvironmentConfig,
    expand,
    load_environment_config,
    missing_variables,
)
from mailroom.deployment.stack import Stack
from mailroom.deployment.template import Template
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp, Refused
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project
from mailroom.promotion.account import Account, AccountSession
from mailroom.promotion.buckets import bucket_fault

# The toolbox sets these, not the environment's file.
_OF_CODE = {"CodeBucket", "CodeKey", "Architecture"}


def open_account(
    project: Project, name: str, *, bucket: bool = True, parameters: bool = True
) -> Account:
    """Check what a command needs, and return its account.

    Args:
        project: The checkout.
        name: The environment's name.
        bucket: Whether the artifact bucket must exist.
        parameters: Whether every template parameter must have a value.

    Raises:
        Refused: Something is missing, or it is another account; all faults are named.
    """
    config = load_environment_config(project.environments, name)
    faults = [f"variable {one} is not set" for one in missing_variables(config)]
    faults += _tool_faults(project)
    config = expand(config)
    account, credential_faults = _identify(config)
    faults += credential_faults
    if account:
        if bucket:
            faults += bucket_fault(account)
        if parameters:
            account, foundation_faults = _with_foundations(account)
            faults += foundation_faults
        config = account.config
    if parameters and not (config.database and account is None):
        faults += _parameter_faults(project, config)
    if faults or account is None:
        raise Refused(f"{name} can't be used", "\n".join(faults))
    return account


def deployed_environment(project: Project, name: str) -> Environment:
    """What is deployed to an account's environment.

    Raises:
        Refused: The account can't be used, or nothing is deployed there.
    """
    environment = open_account(project, name, bucket=False, parameters=False).environment
    try:
        environment.outputs  # noqa: B018
    except NotUp:
        raise Refused(f"nothing is deployed to {name}", f"mailroom deploy --env {name}") from None
    return environment


def _tool_faults(project: Project) -> Iterable[str]:
    tools = {
        f"Lambda's runtime, {RUNTIME}": project.interpreter(RUNTIME).exists(),
        "uv": Path(project.uv).is_absolute() or shutil.which(project.uv) is not None,
    }
    return [f"{tool} is not installed: make install" for tool, there in tools.items() if not there]


def _identify(config: EnvironmentConfig) -> tuple[Account | None, list[str]]:
    try:
        session = AccountSession(region_name=config.region)
        caller = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        known = explain(error)
        return None, [f"{known}; {known.hint}" if known else str(error)]
    account = Account(config, session, caller["Account"], caller["Arn"])
    if config.account and "${" not in config.account and config.account != account.id:
        other = f"{config.name} is in account {config.account}"
        return None, [f"{other}; these credentials are {account.caller}'s, of {account.id}"]
    return account, []


def _with_foundations(account: Account) -> tuple[Account, list[str]]:
    """The account, with the outputs of the database's and the alarms' stacks as parameters."""
    config, outputs, faults = account.config, dict[str, str](), []
    client = account.session.client("cloudformation")
    for stack, whose, option in (
        (config.database, "database's", "--database"),
        (config.alarms, "alarms'", "--alarms ADDRESS"),
    ):
        found = Stack(client, stack).outputs() if stack else {}
        outputs |= found
        if stack and not found:
            make = f"mailroom setup --env {config.name} {option}"
            faults.append(f"stack {stack}, the {whose}, is missing: {make}")
    return account.with_parameters({**outputs, **config.parameters}), faults


def _parameter_faults(project: Project, config: EnvironmentConfig) -> list[str]:
    template = Template(project.template)
    missing = template.required_parameters() - _OF_CODE - set(config.parameters)
    return [
        *(f"parameter {name} has no value in {config.name}.toml" for name in sorted(missing)),
        *template.parameter_faults(config.parameters),
    ]
