"""The database's own stack, which only a database's owner asks for."""

from mailroom.deployment.stack import Deployed
from mailroom.deployment.template import Template
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.promotion.account import Account
from mailroom.promotion.deploying import Reporter, change_stack


def deploy_database(project: Project, account: Account, reporter: Reporter) -> None:
    """Deploy infra/database.yml; its outputs become parameters of the environment's stack.

    Raises:
        Refused: The environment's file names no stack for it.
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    target = account.target
    if not target.database:
        raise Refused(
            f"{target.name} has no database of its own",
            f"name its stack in infra/environments/{target.name}.toml: database",
        )
    template = Template(project.root / "infra" / "database.yml").render()
    protected = "true" if target.protected else "false"
    wanted = Deployed(template, {"Protected": protected}, target.tags)
    change_stack(account, target.database, wanted, reporter)
