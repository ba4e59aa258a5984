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


def deploy_database(project: Project, account: Account, reporter: Reporter) -> None:
    """Deploy infra/database.yml; its outputs become parameters of the environment's stack.

    Raises:
        Refused: The environment's file names no stack for the database.
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    config, name = account.config, _stack_name(account, "database")
    template = Template(project.root / "infra" / "database.yml")
    parameters = {"Protected": "true" if config.protected else "false", **_alarm_topic(account)}
    change_stack(account, name, Deployed(template.render(), parameters, config.tags), reporter)


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
