"""What LocalStack finds by this distribution's entry points."""

import logging

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin

HINTS = "localstack.services.lambda_.hints"


class ProcessRuntimeExecutorPlugin(RuntimeExecutorPlugin):
    """The executor that ``LAMBDA_RUNTIME_EXECUTOR=process`` chooses."""

    name = "process"

    def load(self, *args, **kwargs):
        """Gives the executor's class."""
        logging.getLogger(HINTS).addFilter(_is_not_about_docker)
        from mailroom_localstack.executor.process_executor import ProcessRuntimeExecutor

        return ProcessRuntimeExecutor


def _is_not_about_docker(record: logging.LogRecord) -> bool:
    """Keeps back LocalStack's guess that a function failed for want of Docker."""
    return "Docker" not in str(record.msg)
