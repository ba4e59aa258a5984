"""AWS's managed policies."""

from typing import Any

from mailroom_localstack.patches import on_load

BACKEND = "moto.iam.models:IAMBackend"


@on_load(
    f"{BACKEND}.__init__", f"{BACKEND}._init_aws_policies", f"{BACKEND}._init_managed_policies"
)
def load_managed_policies_when_used() -> None:
    """Load AWS's managed policies when one of them is used.

    LocalStack: parses all 1,443 on the first request of an account.

    Saves: 2 % of a first `up` (0.09 s).

    Test: tests/unit/executor/test_optimizations.py
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
