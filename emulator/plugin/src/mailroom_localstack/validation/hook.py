"""Adds validation to LocalStack's request handlers."""

from __future__ import annotations

import os

from localstack.runtime.hooks import on_infra_start

# For the benchmark that measures what validation costs.
VARIABLE = "MAILROOM_VALIDATION"
OFF = "off"
# After the hooks of `iam`, so that the handler comes after theirs.
AFTER_IAM = -10


@on_infra_start(priority=AFTER_IAM)
def validate_requests() -> None:
    """Validate the values of every request, unless `MAILROOM_VALIDATION=off`."""
    if os.environ.get(VARIABLE) == OFF:
        return
    from localstack.aws import handlers

    from mailroom_localstack.validation.batches import answer_for_entries
    from mailroom_localstack.validation.validator import RequestValidator

    handlers.serve_custom_service_request_handlers.append(RequestValidator())
    for service in ("events", "sns", "sqs"):
        handlers.modify_service_response.append(service, answer_for_entries)
