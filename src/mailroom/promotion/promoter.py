"""Promotes a release: deploy, migrate, smoke test; roll back if one of them fails."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from mailroom.aws.error_translation import explain
from mailroom.database.migration import migrate_database
from mailroom.deployment.stack import Deployed, Stack
from mailroom.errors import MailroomError, NoTerminal
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.promotion.account import Account
from mailroom.promotion.deploying import (
    NotConfirmed,
    Reporter,
    change_stack,
    stack_definitions,
    upload_release,
)
from mailroom.promotion.release import Release
from mailroom.promotion.release_history import Promotion, record, template_of
from mailroom.promotion.smoke_test import run_smoke_test
from mailroom.types.described import read_types

_FAILURES = (MailroomError, BotoCoreError, ClientError)


class PromotionFailed(MailroomError):
    """A release was deployed and failed; the hint says what runs now."""


@dataclass(frozen=True)
class _Release:
    """What to deploy, and its names in the log of promotions."""

    hash: str
    template_key: str
    definitions: Deployed


class Promoter:
    """Promotes releases to one account.

    Args:
        project: The checkout.
        account: The account.
        reporter: Shows the changes, and asks.
        progress: Shows each step.
    """

    def __init__(
        self, project: Project, account: Account, reporter: Reporter, progress: Progress
    ) -> None:
        self._project = project
        self._account = account
        self._reporter = reporter
        self._progress = progress

    def promote(self, release: Release) -> Promotion:
        """Deploy a release, migrate, run the smoke test; on failure roll back.

        Raises:
            PromotionFailed: A step failed; the hint says whether the previous release runs again.
            NotConfirmed: The changes were declined; nothing was changed.
        """
        account = self._account
        with self._reporter.waiting_for("Upload of the release"):
            upload_release(account, release)
        definitions = stack_definitions(account, release)
        return self._change(
            _Release(release.hash, release.template_key, definitions), "promote", "promoted"
        )

    def roll_back(self, entry: Promotion) -> Promotion:
        """Deploy an earlier promotion's release with its parameters, and run the smoke test.

        Raises:
            PromotionFailed: A step failed; the hint says whether the previous release runs again.
            NotConfirmed: The changes were declined; nothing was changed.
        """
        template = template_of(self._account, entry)
        definitions = Deployed(template, entry.parameters, self._account.config.tags)
        return self._change(
            _Release(entry.hash, entry.template_key, definitions), "rollback", "rolled back"
        )

    def _change(self, release: _Release, action: str, success: str) -> Promotion:
        account = self._account
        stack = Stack(account.session.client("cloudformation"), account.config.stack)
        previous = stack.deployed()
        try:
            change_stack(account, account.config.stack, release.definitions, self._reporter)
            self._try_out("Database", migrate=True, rollback=action == "rollback")
        except (NotConfirmed, NoTerminal):
            raise
        except _FAILURES as error:
            reason = str(explain(error) or error)
            outcome = self._bring_back(previous, stack)
            # After the rollback: recording fails too if the credentials have expired.
            self._record(release, action, "failed", f"{reason}; {outcome}")
            failure = f"release {release.hash[:12]} was not promoted: {reason}"
            raise PromotionFailed(failure, outcome) from error
        return self._record(release, action, success, "")

    def _try_out(self, name: str, *, migrate: bool, rollback: bool = False) -> None:
        environment = self._account.environment
        if migrate:
            with self._progress.step(name) as step:
                step.update("waiting for MigrateDatabaseFunction")
                step.result = migrate_database(environment, rollback=rollback)
        with self._progress.step("Smoke test"):
            run_smoke_test(environment, read_types(self._project))

    def _bring_back(self, previous: Deployed | None, stack: Stack) -> str:
        """Deploy the previous release; returns what runs now, for the user."""
        if previous is None:
            return "there was nothing before it to go back to: the stack is left as it is"
        self._reporter.notice("bringing back what was deployed before")
        quiet = _Agreeing(self._reporter)
        try:
            change_stack(self._account, stack.name, previous, quiet)
        except _FAILURES as error:
            reason = explain(error) or error
            return f"what was deployed before could NOT be brought back: {reason}"
        try:
            self._try_out("", migrate=False)
        except _FAILURES as error:
            return f"what was deployed before is back, and FAILS ITS SMOKE TEST TOO: {error}"
        return "what was deployed before is back, and passes its smoke test"

    def _record(self, release: _Release, action: str, result: str, reason: str) -> Promotion:
        return record(
            self._account,
            self._project.root,
            release.hash,
            release.template_key,
            release.definitions.parameters,
            action=action,
            result=result,
            reason=reason,
        )


class _Agreeing:
    """A reporter that does not ask: the user agreed to the previous release before."""

    def __init__(self, reporter: Reporter) -> None:
        self.notice = reporter.notice
        self.resource = reporter.resource
        self.changes = reporter.changes
        self.waiting_for = reporter.waiting_for
        self.confirm: Callable[[str], bool] = lambda question: True
