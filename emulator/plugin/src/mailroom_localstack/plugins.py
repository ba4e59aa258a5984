"""What LocalStack finds by this distribution's entry points."""

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin


class ProcessRuntimeExecutorPlugin(RuntimeExecutorPlugin):
    """The executor that ``LAMBDA_RUNTIME_EXECUTOR=process`` chooses."""

    name = "process"

    def load(self, *args, **kwargs):
        """Gives the executor's class."""
        from mailroom_localstack.executor import ProcessRuntimeExecutor

        return ProcessRuntimeExecutor
