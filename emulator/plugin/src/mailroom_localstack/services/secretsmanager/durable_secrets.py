"""Values of secrets survive LocalStack's end."""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from mailroom_localstack.durability.opened import Opened, commit
from mailroom_localstack.durability.resource_names import undoing
from mailroom_localstack.durability.stored_secrets import Secrets, origin
from mailroom_localstack.patches import patch

# By this name LocalStack's own patches of it are applied before.
BACKEND = "localstack.services.secretsmanager.provider:SecretsManagerBackend"
STORED = Secrets(Opened.store) if Opened.store else None


@patch(
    f"{BACKEND}.put_secret_value",
    f"{BACKEND}.update_secret",
    f"{BACKEND}.update_secret_version_stage",
    f"{BACKEND}.rotate_secret",
    f"{BACKEND}.restore_secret",
)
def keep_values(original: Any, backend: Any, *args: Any, **kw: Any) -> Any:
    """Keep the versions of a secret over LocalStack's end.

    LocalStack: keeps secrets in memory.

    AWS: keeps a secret and its versions until they are deleted.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html

    Test: tests/integration/test_durable_secrets.py
    test_a_value_that_was_put_is_there_after_localstack_was_killed
    """
    result = original(backend, *args, **kw)
    _keep(backend.secrets.get(kw.get("secret_id") or args[0]))
    return result


@keep_values.also(f"{BACKEND}.create_secret")
def restore_values(original: Any, backend: Any, *args: Any, **kw: Any) -> Any:
    """Give a secret that is created again its ARN and its versions."""
    result = original(backend, *args, **kw)
    secret = backend.secrets.get(kw.get("name") or args[0])
    if STORED is None:
        return result
    value = kw.get("secret_string") or kw.get("secret_binary")
    STORED.restore(secret, origin(value))
    _follow(secret)
    _keep(secret)
    return secret.to_short_dict(include_version_id=bool(secret.versions))


@keep_values.also(f"{BACKEND}.delete_secret")
def forget_values(original: Any, backend: Any, *args: Any, **kw: Any) -> Any:
    """Forget a secret that is gone, but not while a failed creation of its stack is undone."""
    secret = backend.secrets.get(kw.get("secret_id") or args[0])
    result = original(backend, *args, **kw)
    # One that can still be restored is there.
    if STORED and hasattr(secret, "mailroom_created_with") and secret.arn not in backend.secrets:
        (STORED.leave if undoing() else STORED.forget)(secret)
        commit()
    return result


def _follow(secret: Any) -> None:
    """Give the replicas of a secret the ARNs that follow from its own."""
    for replica in secret.replicas:
        secrets = secretsmanager_backends[secret.account_id][replica.region].secrets
        if dict.pop(secrets, replica.arn, None) is not None:
            replica.arn = secret.arn.replace(secret.region, replica.region)
            secrets[replica.arn] = replica


def _keep(secret: Any) -> None:
    """Store a secret, unless it is a replica of one."""
    if STORED and hasattr(secret, "mailroom_created_with"):
        STORED.keep(secret)
        commit()
