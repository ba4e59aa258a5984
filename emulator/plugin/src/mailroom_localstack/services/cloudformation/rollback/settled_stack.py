"""A stack that keeps the status that a failure has left."""

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
# The statuses that LocalStack sets wrongly: CreateStack and UpdateStack after any execution, and
# CreateChangeSet for any stack whose last execution failed.
_WRONG = {
    StackStatus.CREATE_COMPLETE,
    StackStatus.CREATE_FAILED,
    StackStatus.UPDATE_COMPLETE,
    StackStatus.REVIEW_IN_PROGRESS,
}


class SettledStack(Stack):
    """A stack that keeps the status of a failure until its next operation begins.

    Attributes:
        deployed_tags: The tags of the last execution that succeeded.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.deployed_tags = self.tags

    def set_stack_status(self, status: StackStatus, reason: str | None = None) -> None:
        """Set the status, unless LocalStack sets it wrongly."""
        if self.status in FAILED and status in _WRONG:
            return
        if self.status == StackStatus.DELETE_FAILED and status == StackStatus.DELETE_COMPLETE:
            return  # LocalStack sets it after each deletion.
        super().set_stack_status(status, reason)
