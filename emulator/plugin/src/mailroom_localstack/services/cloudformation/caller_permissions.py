"""Stacks whose resources are made with the permissions of who deploys."""

from __future__ import annotations

import threading
from typing import Any

from mailroom_localstack.patches import patch

PROVIDER = "localstack.services.cloudformation.v2.provider:CloudformationProviderV2"
EXECUTOR = "localstack.services.cloudformation.engine.v2.change_set_model_executor"
# The thread that serves a request also creates its executor.
_serving = threading.local()


@patch(
    f"{PROVIDER}.execute_change_set",
    f"{PROVIDER}.create_stack",
    f"{PROVIDER}.update_stack",
    f"{PROVIDER}.delete_stack",
)
def act_for_the_caller(original: Any, provider: Any, context: Any, *args: Any, **kw: Any) -> Any:
    """Make, change and delete a stack's resources with the permissions of who asked for it.

    LocalStack: calls every service as the account's root user.

    AWS: has no permissions of its own, and calls as the user or role's session that called it.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html

    Test: tests/integration/test_deployer.py
    test_a_stack_s_resources_are_made_with_the_permissions_of_who_deploys
    """
    _serving.key = access_key(context)
    return original(provider, context, *args, **kw)


@act_for_the_caller.also(f"{EXECUTOR}:ChangeSetModelExecutor.__init__")
def keep_the_caller(original: Any, executor: Any, *args: Any, **kw: Any) -> None:
    """Keep the access key for the executor's own thread."""
    original(executor, *args, **kw)
    executor.caller_key = getattr(_serving, "key", None)


@act_for_the_caller.also(f"{EXECUTOR}:ChangeSetModelExecutor.create_resource_provider_payload")
def hand_over_the_caller(original: Any, executor: Any, *args: Any, **kw: Any) -> Any:
    """Hand the access key to the resource's handler; internal calls need no secret."""
    payload = original(executor, *args, **kw)
    if executor.caller_key:
        payload["requestData"]["callerCredentials"]["accessKeyId"] = executor.caller_key
    return payload


def access_key(context: Any) -> str | None:
    """The access key of the request's user or session; None of the root user."""
    from mailroom_localstack.iam.caller import ACCOUNT, ROOT_KEYS
    from mailroom_localstack.iam.signature import claim_of_header

    claim = claim_of_header(context.request.headers.get("Authorization") or "")
    if claim is None or claim.access_key in ROOT_KEYS or ACCOUNT.match(claim.access_key):
        return None
    return claim.access_key
