"""What an environment's stack stands on: its database and its alarm topic, stacks of their own."""

from mailroom.deployment.stack import Deployed, Stack
from mailroom.deployment.template import Template
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.promotion.account import Account
from mailroom.promotion.deploying import Reporter, change_stack


def deploy_alarms(project: Project, account: Account, address: str, reporter: Reporter) -> None:
    """Deploy infra/alarms.yml; its output becomes a parameter of the environment's stacks.

    Raises:
        Refused: The environment's file names no stack for it, or it is no address.
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    name = _stack_name(account, "alarms")
    template = Template(project.root / "infra" / "alarms.yml")
    parameters = {"Address": address}
    if faults := template.parameter_faults(parameters):
        raise Refused("; ".join(faults))
    definitions = Deployed(template.render(), parameters, account.config.tags)
    if change_stack(account, name, definitions, reporter).changed:
        reporter.notice(f"SNS has sent a mail to {address}: alarms arrive once its link is opened")


def deploy_database(
    project: Project, account: Account, reporter: Reporter, replace: str = ""
) -> None:
    """Deploy infra/database.yml; its outputs become parameters of the environment's stack.

    What the environment's file doesn't say (`[database_parameters]`) keeps the value that the
    stack has, so that what was set by hand stays.

    Args:
        project: The checkout.
        account: The environment's account.
        reporter: Shows the changes, and asks.
        replace: The stack's name, if what holds data may be replaced.

    Raises:
        Refused: The environment's file names no stack for the database, or a wrong parameter; or
            the change loses data, and its name was not given.
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    config, name = account.config, _stack_name(account, "database")
    template = Template(project.root / "infra" / "database.yml")
    if faults := template.parameter_faults(config.database_parameters):
        raise Refused(f"{config.name}.toml, [database_parameters]: {'; '.join(faults)}")
    before = Stack(account.session.client("cloudformation"), name).deployed()
    kept = {
        key: value
        for key, value in (before.parameters if before else {}).items()
        if not template.parameter_faults({key: value})
    }
    protected = {"Protected": "true" if config.protected else "false"}
    parameters = {**kept, **protected, **_alarm_topic(account), **config.database_parameters}
    definitions = Deployed(template.render(), parameters, config.tags)
    change_stack(account, name, definitions, reporter, may_lose=replace)


def _alarm_topic(account: Account) -> dict[str, str]:
    if not account.config.alarms:
        return {}
    return Stack(account.session.client("cloudformation"), account.config.alarms).outputs()


def _stack_name(account: Account, setting: str) -> str:
    config = account.config
    name: str | None = getattr(config, setting)
    if not name:
        raise Refused(
            f"{config.name} has no stack for its {setting}",
            f"name it in infra/environments/{config.name}.toml: {setting}",
        )
    return name
