"""What a deployed stack consists of, as CloudFormation and the services say it."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mailroom.aws.resources import (
    Identity,
    Resource,
    find_resource,
    identify_resources,
    list_resources,
)
from mailroom.errors import NotUp, Refused
from mailroom.wording import known_names

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_QUEUE = "AWS::SQS::Queue"
_SUBSCRIPTION = "AWS::SNS::Subscription"
_TOPIC = "AWS::SNS::Topic"
_FUNCTION = "AWS::Lambda::Function"
_LOG_GROUP = "AWS::Logs::LogGroup"
_KIND = re.compile("(Function|LogGroup)$")
_WORD = re.compile(r"[A-Z][a-z0-9]*")
_TYPE = "type"


@dataclass(frozen=True)
class Queue:
    """A queue of the stack.

    Attributes:
        name: Its logical name.
        url: Its URL.
        arn: Its ARN.
        dead_letter_arn: ARN of the queue that its RedrivePolicy names.
    """

    name: str
    url: str
    arn: str
    dead_letter_arn: str | None


@dataclass(frozen=True)
class Subscription:
    """A subscription of a queue to a topic.

    Attributes:
        topic_arn: The topic's ARN.
        queue_arn: The queue's ARN.
        accepted: The conditions on the message attribute `type`, of which one must be true.
        dead_letter_arn: ARN of the queue that its RedrivePolicy names.
    """

    topic_arn: str
    queue_arn: str
    accepted: tuple[Any, ...]
    dead_letter_arn: str | None

    @property
    def types(self) -> tuple[str, ...]:
        """The message types that it names."""
        return tuple(one for one in self.accepted if isinstance(one, str))

    @property
    def catches_rest(self) -> bool:
        """Whether it delivers the messages of all types but those that its filter names."""
        return any(isinstance(one, dict) and "anything-but" in one for one in self.accepted)


class Topology:
    """The queues, subscriptions and functions of one stack. Each is asked for when first needed."""

    def __init__(self, session: "boto3.Session", stack: str) -> None:
        self._session = session
        self._stack = stack

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """The queues by logical name; each is followed by its dead-letter queue.

        Raises:
            NotUp: The stack is not deployed.
        """
        found = [self._queue(one) for one in self._of_type(_QUEUE)]
        dead = {one.dead_letter_arn for one in found}
        ordered: list[Queue] = []
        for one in sorted(found, key=lambda one: (one.dead_letter_arn is None, one.name)):
            if one.arn not in dead:
                behind = [other for other in found if other.arn == one.dead_letter_arn]
                ordered += [one, *(other for other in behind if other not in ordered)]
        return {one.name: one for one in ordered}

    @cached_property
    def subscriptions(self) -> list[Subscription]:
        """The subscriptions of queues.

        Raises:
            NotUp: The stack is not deployed.
        """
        return [self._subscription(one) for one in self._of_type(_SUBSCRIPTION)]

    @property
    def dead_letter_queues(self) -> tuple[str, ...]:
        """Logical names of the queues that RedrivePolicies of queues and subscriptions name."""
        targets = {one.dead_letter_arn for one in self.queues.values()}
        targets |= {one.dead_letter_arn for one in self.subscriptions}
        return tuple(name for name, one in self.queues.items() if one.arn in targets)

    @property
    def unrouted_queues(self) -> tuple[str, ...]:
        """Logical names of the queues that get the messages that no other subscription does."""
        caught = {one.queue_arn for one in self.subscriptions if one.catches_rest}
        return tuple(name for name, one in self.queues.items() if one.arn in caught)

    @property
    def topic_arn(self) -> str:
        """ARN of the topic that the queues are subscribed to."""
        return self.subscriptions[0].topic_arn

    @property
    def topics(self) -> set[str]:
        """ARNs of the topics."""
        return {one.id for one in self._of_type(_TOPIC)}

    def queue(self, name: str) -> Queue:
        """The queue with a logical or physical name, an ARN or a URL.

        Raises:
            Refused: There is none.
        """
        if name not in self.queues:
            name = find_resource(self.identities, name, _QUEUE).logical_id
        return self.queues[name]

    def source_of(self, name: str) -> str | None:
        """Logical name of the queue whose dead-letter queue this is; None for a topic's."""
        arn = self.queue(name).arn
        sources = (one.name for one in self.queues.values() if one.dead_letter_arn == arn)
        return next(sources, None)

    def type_of(self, name: str) -> str | None:
        """The message type whose messages a queue gets; None when it gets several or none."""
        arn = self.queue(name).arn
        types = [type_ for one in self.subscriptions if one.queue_arn == arn for type_ in one.types]
        return types[0] if len(types) == 1 else None

    def queue_of_type(self, message_type: str) -> str | None:
        """Logical name of the queue that gets a type's messages; None when there is none."""
        return next((name for name in self.queues if self.type_of(name) == message_type), None)

    @cached_property
    def functions(self) -> dict[str, str]:
        """The functions' physical names by short name: PublishMessagesFunction → publish_messages.

        Raises:
            NotUp: The stack is not deployed.
        """
        return {_short(one.logical_id): one.id for one in self._of_type(_FUNCTION)}

    def function(self, name: str) -> str:
        """Physical name of a function by its short name, the beginning of it, or any other name.

        Raises:
            Refused: There is none, or several are.
        """
        names = [one for one in self.functions if one == name or one.startswith(f"{name}_")]
        if len(names) == 1:
            return self.functions[names[0]]
        for one in self.identities:
            if one.type == _FUNCTION and one.is_called(name):
                return one.name
        raise Refused(
            f"there is no function {name!r}", known_names(name, "functions", self.functions)
        )

    def log_group(self, name: str) -> str:
        """Name of the log group of a function, which is named as in `function`.

        It is the stack's log group of the function's name, else that of the function's settings.

        Raises:
            Refused: There is no such function, or several are.
        """
        function = self.function(name)
        short = next(one for one, id_ in self.functions.items() if id_ == function)
        for group in self._of_type(_LOG_GROUP):
            if _short(group.logical_id) == short:
                return group.id
        client = self._session.client("lambda")
        configured = client.get_function_configuration(FunctionName=function)
        return configured.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function}"

    @cached_property
    def identities(self) -> list[Identity]:
        """The names of each resource.

        Raises:
            NotUp: The stack is not deployed.
        """
        return identify_resources(self._session, self._stack)

    @cached_property
    def _resources(self) -> list[Resource]:
        found = list_resources(self._session, self._stack)
        if not found:
            raise NotUp
        return found

    def _of_type(self, type_: str) -> list[Resource]:
        return [one for one in self._resources if one.type == type_]

    def _queue(self, resource: Resource) -> Queue:
        names: list[QueueAttributeNameType] = ["QueueArn", "RedrivePolicy"]
        attributes = self._session.client("sqs").get_queue_attributes(
            QueueUrl=resource.id, AttributeNames=names
        )["Attributes"]
        dead = _target(attributes.get("RedrivePolicy"))
        return Queue(resource.logical_id, resource.id, attributes["QueueArn"], dead)

    def _subscription(self, resource: Resource) -> Subscription:
        attributes = self._session.client("sns").get_subscription_attributes(
            SubscriptionArn=resource.id
        )["Attributes"]
        accepted = json.loads(attributes.get("FilterPolicy") or "{}").get(_TYPE, [])
        dead = _target(attributes.get("RedrivePolicy"))
        return Subscription(attributes["TopicArn"], attributes["Endpoint"], tuple(accepted), dead)


def _target(redrive_policy: str | None) -> str | None:
    arn: str | None = json.loads(redrive_policy or "{}").get("deadLetterTargetArn")
    return arn


def _short(logical_id: str) -> str:
    return "_".join(_WORD.findall(_KIND.sub("", logical_id))).lower()
