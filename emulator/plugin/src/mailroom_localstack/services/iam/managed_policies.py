"""IAM's managed policies, and its authorization by moto."""

from typing import Any

from mailroom_localstack.patches import on_load, patch

BACKEND = "moto.iam.models:IAMBackend"


@on_load(
    f"{BACKEND}.__init__", f"{BACKEND}._init_aws_policies", f"{BACKEND}._init_managed_policies"
)
def load_managed_policies_when_used() -> None:
    """Load AWS's managed policies when one of them is used.

    LocalStack: parses all 1,443 on the first request of an account.

    Saves: @@managed@@

    Test: tests/unit/shortcuts/test_shortcuts.py
    test_an_aws_managed_policy_is_there_when_it_is_used
    """
    from localstack.utils.patch import Patch, create_patch_proxy
    from moto.core.base_backend import backend_lock
    from moto.iam.models import IAMBackend

    backend_class: Any = IAMBackend

    def make_without_policies(original: Any, backend: Any, *arguments: Any, **named: Any) -> None:
        backend._init_aws_policies = list
        original(backend, *arguments, **named)
        del backend._init_aws_policies

    def managed_policies(backend: Any) -> dict[str, Any]:
        with backend_lock:
            if "loaded" not in backend.__dict__:
                backend.aws_managed_policies = backend._init_aws_policies()
                backend.loaded = backend._init_managed_policies()
        loaded: dict[str, Any] = backend.loaded
        return loaded

    proxy = create_patch_proxy(IAMBackend.__init__, make_without_policies)
    Patch(IAMBackend, "__init__", proxy).apply()
    backend_class.managed_policies = property(managed_policies, lambda backend, none_yet: None)


@patch("moto.core.authorization:ActionAuthenticatorMixin._authenticate_and_authorize_normal_action")
def leave_authorization_to_the_plugin(original: Any, response: Any, resource: str = "*") -> None:
    """Leave out moto's authorization.

    LocalStack: never switches it on, but moto imports all of its S3 to find that out.

    Saves: @@motoauth@@

    Test: tests/integration/test_iam_statements.py
    test_without_a_statement_the_flow_fails_with_the_refusal_of_aws
    """
