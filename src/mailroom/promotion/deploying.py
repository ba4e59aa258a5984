"""Deploys a release or the database to an account, after asking."""

from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

from mailroom.deployment.change_set import Change
from mailroom.deployment.events import ResourceEvent
from mailroom.deployment.stack import Deployed, Deployment, Stack
from mailroom.deployment.template import put_template
from mailroom.errors import MailroomError, NoTerminal, Refused
from mailroom.promotion.account import Account
from mailroom.promotion.release import Release, contract_key


class NotConfirmed(MailroomError):
    """The user declined the changes; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("nothing was changed")


class Reporter(Protocol):
    """Shows the user what happens, and asks."""

    def notice(self, text: str) -> None:
        """Show a line of text."""

    def resource(self, event: ResourceEvent) -> None:
        """Show an event of a resource."""

    def changes(self, stack: str, changes: tuple[Change, ...]) -> None:
        """Show what a change set would do."""

    def waiting_for(self, what: str) -> AbstractContextManager[object]:
        """Show what is waited for, while it lasts."""

    def confirm(self, question: str) -> bool:
        """Ask a question; returns whether the answer is yes."""


def upload_release(account: Account, release: Release) -> None:
    """Upload the zip and the template under their hashes, even if they exist, to renew their age.

    The contract goes with them, so that later releases can be compared with this one.

    Raises:
        MailroomError: The upload failed.
    """
    s3 = account.session.client("s3")
    s3.upload_file(str(release.archive), account.bucket, release.code_key)
    put_template(s3, account.bucket, release.template)
    s3.put_object(
        Bucket=account.bucket,
        Key=contract_key(release.code_key),
        Body=release.contract.encode(),
        ContentType="application/json",
    )


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
    definitions = stack_definitions(account, release)
    return change_stack(account, account.config.stack, definitions, reporter, only_plan=only_plan)


def stack_definitions(account: Account, release: Release) -> Deployed:
    """The template, parameters and tags that a release is deployed to an account with."""
    parameters = {**account.config.parameters, **release.parameters(account.bucket)}
    return Deployed(release.template, parameters, account.config.tags)


def change_stack(
    account: Account,
    name: str,
    definitions: Deployed,
    reporter: Reporter,
    *,
    only_plan: bool = False,
    may_lose: str | None = None,
) -> Deployment:
    """Deploy a template to one stack, after showing the changes and asking.

    Args:
        account: The stack's account.
        name: The stack's name.
        definitions: Template, parameters and tags.
        reporter: Shows the changes, and asks.
        only_plan: Show the changes, and make none.
        may_lose: The name of the stack if its data may be lost; None leaves that to the question.

    Raises:
        NotConfirmed: The changes were declined.
        Refused: The changes lose data, and `may_lose` is not the stack's name.
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    client = account.session.client("cloudformation")
    s3 = account.session.client("s3")
    upload = partial(put_template, s3, account.bucket)
    stack = Stack(client, name, reporter.resource, reporter.notice, upload)
    with reporter.waiting_for(f"Change set of stack {name}"):
        change_set = stack.plan(definitions.template, definitions.parameters, definitions.tags)
    if change_set is None:
        reporter.notice(f"stack {name}: nothing to change")
        _protect(stack, account, only_plan=only_plan)
        return Deployment(False, stack.outputs())
    reporter.changes(name, change_set.changes)
    lost = [change.logical_id for change in change_set.changes if change.loses_data]
    if lost and may_lose not in (None, name):
        stack.discard(change_set)
        raise Refused(
            f"what is in {', '.join(lost)} of stack {name} would be lost, so nothing was changed",
            f"to replace it all the same, name the stack: --replace {name}",
        )
    if only_plan:
        stack.discard(change_set)
        return Deployment(False, stack.outputs())
    try:
        if not reporter.confirm(_question(name, account, change_set.changes)):
            raise NotConfirmed
    except (NotConfirmed, NoTerminal):
        stack.discard(change_set)
        raise
    with reporter.waiting_for(f"Stack {name}"):
        stack.execute(change_set)
    _protect(stack, account)
    return Deployment(True, stack.outputs())


def _protect(stack: Stack, account: Account, *, only_plan: bool = False) -> None:
    if account.config.protected and not only_plan:
        stack.protect()


def _question(name: str, account: Account, changes: tuple[Change, ...]) -> str:
    where = f"{name} in account {account.id}, {account.config.region}"
    lost = [change.logical_id for change in changes if change.loses_data]
    warning = f", and LOSE WHAT IS IN {', '.join(lost)}" if lost else ""
    return f"Change {where}{warning}?"
