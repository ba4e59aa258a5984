"""Brings an account's stack to a release, or back."""

from contextlib import AbstractContextManager
from typing import Protocol

from mailroom.deployment.change_set import Change
from mailroom.deployment.events import ResourceEvent
from mailroom.deployment.stack import Deployed, Deployment, Stack
from mailroom.errors import MailroomError
from mailroom.promotion.account import Account
from mailroom.promotion.release import Release


class NotConfirmed(MailroomError):
    """Whoever was asked did not agree to the changes; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("nothing was changed")


class Reporter(Protocol):
    """Tells a person what happens, and asks."""

    def notice(self, text: str) -> None:
        """Something that the person should know."""

    def resource(self, event: ResourceEvent) -> None:
        """One resource's step."""

    def changes(self, stack: str, changes: tuple[Change, ...]) -> None:
        """What would be changed."""

    def waiting_for(self, what: str) -> AbstractContextManager[object]:
        """Say what is waited for, while it lasts."""

    def confirm(self, question: str) -> bool:
        """Ask whether to go on."""


def upload_release(account: Account, release: Release) -> None:
    """Put the zip and the template under their hashes, anew even if there: that renews their age.

    Raises:
        MailroomError: They could not be uploaded.
    """
    s3 = account.session.client("s3")
    s3.upload_file(str(release.archive), account.bucket, release.code_key)
    s3.put_object(Bucket=account.bucket, Key=release.template_key, Body=release.template.encode())


def deploy_release(
    account: Account, release: Release, reporter: Reporter, *, only_plan: bool = False
) -> Deployment:
    """Upload a release and deploy it, showing the changes and asking first.

    Raises:
        NotConfirmed: The changes were declined.
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    with reporter.waiting_for("Upload of the release"):
        upload_release(account, release)
    parameters = {**account.target.parameters, **release.parameters(account.bucket)}
    wanted = Deployed(release.template, parameters, account.target.tags)
    return change_stack(account, account.target.stack, wanted, reporter, only_plan=only_plan)


def change_stack(
    account: Account,
    name: str,
    wanted: Deployed,
    reporter: Reporter,
    *,
    only_plan: bool = False,
) -> Deployment:
    """Bring one stack to a template and its parameters.

    Args:
        account: Where it is.
        name: The stack.
        wanted: What it is to be deployed from.
        reporter: Shown the changes, and asked.
        only_plan: Show the changes, and leave it at that.

    Raises:
        NotConfirmed: The changes were declined.
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    client = account.session.client("cloudformation")
    stack = Stack(client, name, reporter.resource, reporter.notice)
    with reporter.waiting_for(f"Change set of stack {name}"):
        change_set = stack.plan(wanted.template, wanted.parameters, wanted.tags)
    if change_set is None:
        reporter.notice(f"stack {name}: nothing to change")
        return Deployment(False, stack.outputs())
    reporter.changes(name, change_set.changes)
    if only_plan or not reporter.confirm(_question(name, account, change_set.changes)):
        stack.discard(change_set)
        if only_plan:
            return Deployment(False, stack.outputs())
        raise NotConfirmed
    with reporter.waiting_for(f"Stack {name}"):
        stack.execute(change_set)
    return Deployment(True, stack.outputs())


def _question(name: str, account: Account, changes: tuple[Change, ...]) -> str:
    where = f"{name} in account {account.id}, {account.target.region}"
    lost = [change.logical_id for change in changes if change.loses_data]
    warning = f", and LOSE WHAT IS IN {', '.join(lost)}" if lost else ""
    return f"Change {where}{warning}?"
