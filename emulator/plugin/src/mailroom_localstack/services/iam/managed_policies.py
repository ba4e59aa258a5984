"""IAM: what AWS has made, loaded when somebody asks for it."""

from typing import Any


def load_managed_policies_when_asked() -> None:
    """AWS has made 1,443 policies; moto parses them all on the first request of an account."""
    from moto.core.base_backend import backend_lock
    from moto.iam.models import IAMBackend

    make = IAMBackend.__init__

    def make_without(backend: IAMBackend, *arguments: Any, **named: Any) -> None:
        backend._init_aws_policies = list
        make(backend, *arguments, **named)
        del backend._init_aws_policies

    def managed_policies(backend: IAMBackend) -> dict[str, Any]:
        with backend_lock:
            if "loaded" not in backend.__dict__:
                backend.aws_managed_policies = backend._init_aws_policies()
                backend.loaded = backend._init_managed_policies()
        return backend.loaded

    IAMBackend.__init__ = make_without
    IAMBackend.managed_policies = property(managed_policies, lambda backend, none_yet: None)


def leave_authorization_to_others() -> None:
    """moto looks whether it is to enforce policies, for which it imports all of its S3; LocalStack
    never asks it to."""
    from moto.core.authorization import ActionAuthenticatorMixin

    def allow(response: ActionAuthenticatorMixin, resource: str = "*") -> None:
        pass

    ActionAuthenticatorMixin._authenticate_and_authorize_normal_action = allow
