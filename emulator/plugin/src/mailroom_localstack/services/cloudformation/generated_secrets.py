"""Secrets whose values CloudFormation generates."""

from __future__ import annotations

import contextlib
from typing import Any

from mailroom_localstack.durability.stored_secrets import generating
from mailroom_localstack.patches import patch


@patch(
    "localstack.services.secretsmanager.resource_providers.aws_secretsmanager_secret"
    ":SecretsManagerSecretProvider.create"
)
def keep_generated_values(original: Any, provider: Any, request: Any) -> Any:
    """Give a secret the value that was generated before LocalStack ended, or put since.

    LocalStack: keeps no stack, and generates another value in each creation.

    Why: AWS generates it once, as the stack is created once.

    Test: tests/integration/test_durable_secrets.py
    test_a_value_that_was_generated_stays
    """
    generated = request.desired_state.get("GenerateSecretString") is not None
    with generating() if generated else contextlib.nullcontext():
        return original(provider, request)
