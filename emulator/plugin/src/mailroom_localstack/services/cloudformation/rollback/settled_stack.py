"""A stack that keeps the status in which a failure left it."""

from __future__ import annotations

from typing import Any

from localstack.aws.api.cloudformation import StackStatus
from localstack.services.cloudformation.v2.entities import Stack

FAILED = {
    StackStatus.CREATE_FAILED,
    StackStatus.ROLLBACK_COMPLETE,
    StackStatus.ROLLBACK_FAILED,
    StackStatus.UPDATE_FAILED,
    StackStatus.UPDATE_ROLLBACK_COMPLETE,
    StackStatus.UPDATE_ROLLBACK_FAILED,
}
# What LocalStack says of them: CreateStack and UpdateStack after any execution, CreateChangeSet of
# all stacks whose last execution failed.
_UNTRUE = {
    StackStatus.CREATE_COMPLETE,
    StackStatus.CREATE_FAILED,
    StackStatus.UPDATE_COMPLETE,
    StackStatus.REVIEW_IN_PROGRESS,
}


class SettledStack(Stack):
    """A stack that has failed begins anew or is deleted, and is nothing else until then.

    Attributes:
        deployed_tags: Those of the last execution that succeeded.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.deployed_tags = self.tags

    def set_stack_status(self, status: StackStatus, reason: str | None = None) -> None:
        """Has the shape of LocalStack's own."""
        if self.status in FAILED and status in _UNTRUE:
            return
        if self.status == StackStatus.DELETE_FAILED and status == StackStatus.DELETE_COMPLETE:
            return  # LocalStack says so of each deletion.
        super().set_stack_status(status, reason)
