"""Initialises chosen functions as soon as they exist, as Lambda does at its own discretion.

See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from localstack.aws.api.lambda_ import State
from localstack.services.lambda_.invocation.lambda_models import InitializationType

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.lambda_models import VersionState
    from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager

LOG = logging.getLogger(__name__)

# Logical ids of functions, of any stack, with commas between.
VARIABLE = "LAMBDA_PROCESS_AHEAD"


def initialise_ahead(version: LambdaVersionManager) -> None:
    """Has an environment initialised when a version of a chosen function becomes active."""
    name = version.function_version.id.function_name
    chosen = os.environ.get(VARIABLE, "").split(",")
    if not any(one and f"-{one}-" in name for one in chosen):
        return
    start = version.start

    def start_and_initialise() -> VersionState:
        state = start()
        if state.state == State.Active:
            threading.Thread(target=_initialise, args=[version], daemon=True).start()
        return state

    version.start = start_and_initialise


def _initialise(version: LambdaVersionManager) -> None:
    try:
        with version.assignment_service.get_environment(
            version.id, version.function_version, InitializationType.on_demand
        ) as environment:
            environment.runtime_executor.initialise()
    except Exception:
        # Whoever invokes the function meets the same, and is told.
        LOG.debug("%s was not initialised ahead", version.function_arn, exc_info=True)
