"""Gives CloudFormation stacks that roll back.

LocalStack leaves what a failed creation has made. After a failed update it deletes what the update
would have replaced or removed, and keeps all the rest of the update.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.services.cloudformation.rollback import options

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext


@on_infra_start()
def roll_back_what_fails() -> None:
    """Look at every request, so that LocalStack's start doesn't pay for CloudFormation's import."""
    from localstack.aws import handlers

    handlers.serve_custom_service_request_handlers.append(patch_cloudformation)


def patch_cloudformation(_chain: object, context: RequestContext, _response: object) -> None:
    """Patch CloudFormation before it serves a request; calling it again does nothing more."""
    if context.service is None or context.service.service_name != "cloudformation":
        return
    from localstack.services.cloudformation.v2 import provider

    from mailroom_localstack.services.cloudformation.rollback import conditions  # noqa: F401  (it patches as it is imported)
    from mailroom_localstack.services.cloudformation.rollback.change_set_executor import RollingBack
    from mailroom_localstack.services.cloudformation.rollback.settled_stack import SettledStack

    provider.ChangeSetModelExecutor = RollingBack
    provider.Stack = SettledStack
    options.remember(context.service_request)
