"""The executor's plugin, which LocalStack finds by this distribution's entry points."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

HINTS = "localstack.services.lambda_.hints"


class ProcessRuntimeExecutorPlugin(RuntimeExecutorPlugin):
    """The executor that ``LAMBDA_RUNTIME_EXECUTOR=process`` chooses."""

    name = "process"

    def load(self, *args: object, **kwargs: object) -> type[RuntimeExecutor]:
        """Return the executor's class."""
        logging.getLogger(HINTS).addFilter(_is_not_about_docker)
        from mailroom_localstack.executor.process_executor import ProcessRuntimeExecutor

        return ProcessRuntimeExecutor


def _is_not_about_docker(record: logging.LogRecord) -> bool:
    """Drop LocalStack's hint that a function failed because Docker is missing."""
    return "Docker" not in str(record.msg)
