"""Lambda functions, made of a few lines of source."""

from contextlib import ExitStack, suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.packaging.dependencies import host_architecture
from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name
from tests.support.functions import HANDLER, RUNTIME, Function, archive

_NOT_YET = "cannot be assumed"
# Does what the event says.
PROBE = """
    import os, sys, tempfile

    class QueueIsMissing(Exception): ...

    def handler(event, context):
        match event["do"]:
            case "raise":
                raise QueueIsMissing("no such queue")
            case "exit":
                os._exit(3)
            case "return":
                return "x" * event["size"]
            case "print":
                print("printed", "é" * event.get("size", 0))
                return context.aws_request_id
            case "version":
                return [*sys.version_info[:2]]
            case "write":
                tempfile.TemporaryFile(dir=event.get("folder")).close()
            case "whoami":
                import boto3
                return boto3.client("sts").get_caller_identity()["Arn"]
            case "remaining":
                return [context.get_remaining_time_in_millis(), context.invoked_function_arn]
            case "process":
                return os.getpid()
"""


class Functions:
    """Makes functions.

    Args:
        endpoint: Where.
        cleanup: Deletes them.
        role: ARN of the role that they have.
    """

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack, role: str) -> None:
        self._endpoint = endpoint
        self._cleanup = cleanup
        self.role = role
        self.client = endpoint.client("lambda")

    def make(self, source: str, **settings: Any) -> Function:
        """A function that can be invoked.

        Args:
            source: Source of its module `app`.
            settings: Parameters of CreateFunction beside or instead of the usual ones.
        """
        if self._endpoint.without_functions:
            pytest.skip(self._endpoint.without_functions)
        given = self.settings(source, **settings)
        self._endpoint.accepted(lambda: self.client.create_function(**given), _NOT_YET)
        self._cleanup.callback(self._delete, given["FunctionName"])
        function = Function(self.client, given["FunctionName"])
        known = function.settled()
        assert known["State"] == "Active", known.get("StateReason")
        return function

    def settings(self, source: str, **settings: Any) -> dict[str, Any]:
        """The parameters of CreateFunction, with a new name."""
        return {
            "FunctionName": new_name(),
            "Role": self.role,
            "Runtime": RUNTIME,
            "Handler": HANDLER,
            "Architectures": [host_architecture()],
            "Timeout": 20,
            "MemorySize": 256,
            "Code": {"ZipFile": archive(source)},
            **settings,
        }

    def connect(self, function: Function, queue: str, **settings: Any) -> None:
        """Have a queue's messages invoke a function.

        Args:
            function: What is invoked.
            queue: The queue's ARN.
            settings: Parameters of CreateEventSourceMapping.
        """
        mapping = self._endpoint.accepted(
            lambda: self.client.create_event_source_mapping(
                FunctionName=function.name, EventSourceArn=queue, **settings
            ),
            "does not have permissions",
        )["UUID"]
        self._cleanup.callback(self._disconnect, mapping)

    def _delete(self, name: str) -> None:
        with suppress(ClientError):
            self.client.delete_function(FunctionName=name)

    def _disconnect(self, mapping: str) -> None:
        with suppress(ClientError):
            self.client.delete_event_source_mapping(UUID=mapping)
