"""An application that is up, as a test uses it."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from mailroom.dead_letters.listing import list_messages
from mailroom.dead_letters.queued_messages import DEAD_LETTERS, MessageFilter, QueuedMessage
from mailroom.environments.environment import Environment
from mailroom.errors import ExecutionFailed, MailroomError
from mailroom.executions.execution import Execution
from mailroom.executions.history import read_execution
from mailroom.invocation import invoke
from mailroom.logs.sources import GroupReader
from mailroom.testing.purging import purge
from mailroom.waiting import backoff
from mailroom.workflow.queues import queue_depth

if TYPE_CHECKING:
    import boto3

SECONDS = 30.0
T = TypeVar("T")


class RunningApplication:
    """An application that is up. Names are logical or physical ones, ARNs or URLs.

    Attributes:
        environment: How to reach it.
    """

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    @property
    def session(self) -> "boto3.Session":
        """A session whose clients call the application's LocalStack."""
        return self.environment.session

    def arn(self, name: str) -> str:
        """The ARN of a resource, or its physical name if its type has no ARN.

        Raises:
            Refused: There is no such resource.
        """
        from mailroom.aws.resources import find_resource

        found = find_resource(self.environment.topology.identities, name)
        return found.arn or found.name

    def name(self, name: str) -> str:
        """The physical name of a resource.

        Raises:
            Refused: There is no such resource.
        """
        from mailroom.aws.resources import find_resource

        return find_resource(self.environment.topology.identities, name).name

    def queue_url(self, queue: str) -> str:
        """The URL of a queue.

        Raises:
            Refused: There is no such queue.
        """
        return self.environment.topology.queue(queue).url

    def send(self, queue: str, body: Any, **options: Any) -> str:
        """Send a message to a queue; what is no text is sent as JSON. Returns the message's id."""
        text = body if isinstance(body, str) else json.dumps(body)
        sent = self.session.client("sqs").send_message(
            QueueUrl=self.queue_url(queue), MessageBody=text, **options
        )
        return sent["MessageId"]

    def invoke(self, function: str, event: Any = None) -> Any:
        """Invoke a function; returns its answer.

        Raises:
            MailroomError: The function failed.
        """
        name = self.environment.topology.function(function)
        answer = invoke(self.session, name, {} if event is None else event)
        if answer.failed:
            raise MailroomError(f"{function} failed: {answer.error}")
        return answer.payload

    def execute(self, input: Any, machine: str | None = None, seconds: float = SECONDS) -> Any:
        """Run a state machine to its end; returns its output.

        Args:
            input: The input, as JSON values.
            machine: The state machine; not needed if there is only one.
            seconds: The time limit.

        Raises:
            ExecutionFailed: It did not succeed.
        """
        arn = self.session.client("stepfunctions").start_execution(
            stateMachineArn=self.environment.state_machine(machine), input=json.dumps(input)
        )["executionArn"]
        ended = self.wait_for_execution(arn, seconds)
        if ended.status != "SUCCEEDED":
            raise ExecutionFailed(f"{ended.name} is {ended.status}: {ended.reason}")
        return json.loads(ended.output or "null")

    def wait_for_execution(self, arn: str, seconds: float = SECONDS) -> Execution:
        """Wait until an execution has ended."""
        found: list[Execution] = []

        def ended() -> bool:
            found[:] = [read_execution(self.session, arn)]
            return not found[0].running

        self.wait_for(ended, f"the end of {arn.rpartition(':')[2]}", seconds)
        return found[0]

    def wait_until_empty(self, queue: str, seconds: float = SECONDS) -> None:
        """Wait until no message is in a queue, and none is in flight.

        Raises:
            AssertionError: It isn't empty in time.
        """
        name = self.environment.topology.queue(queue).name
        self.wait_for(lambda: not queue_depth(self.environment, name), f"empty {name}", seconds)

    def wait_for(self, condition: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
        """Wait until a condition is true; returns its value.

        Raises:
            AssertionError: It isn't true in time; the message has the functions' latest logs.
        """
        deadline = time.monotonic() + seconds
        for _ in backoff(longest=0.5):
            if found := condition():
                return found
            if time.monotonic() > deadline:
                break
        last = "\n".join(self.logs()[-20:])
        raise AssertionError(f"waited {seconds:.0f} s for {what}; the functions logged:\n{last}")

    def dead_letters(self, queue: str | None = None) -> list[QueuedMessage]:
        """The messages in dead-letter queues, or in one; none is received."""
        queues = DEAD_LETTERS.choose(self.environment, queue)
        return list_messages(self.environment, queues, MessageFilter())

    def logs(self, function: str | None = None, since: float = 0.0) -> list[str]:
        """What functions logged, in the order of time, each line after its function's name.

        Args:
            function: One function; all if None.
            since: Seconds since 1970 of the first event.
        """
        topology = self.environment.topology
        wanted = topology.function(function) if function else None
        groups = {
            topology.log_group(short): short
            for short, name in topology.functions.items()
            if wanted in (None, name)
        }
        events = GroupReader(self.session, list(groups), int(since * 1000)).read()
        return [f"{groups[one.group]}: {one.message}" for one in events]

    def purge(self) -> None:
        """Empty every queue, so that a test finds none of another test's messages."""
        client = self.session.client("sqs")
        for queue in self.environment.topology.queues.values():
            purge(client, queue.url)
