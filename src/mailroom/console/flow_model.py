"""What a stack's messages go through: its nodes, and the edges between them.

Edges come from what is deployed: subscriptions with their filters, RedrivePolicies, event source
mappings, the state machine's tasks, and the statements of the functions' roles: a role that may
receive from a queue and send to another has an edge from the first and one to the second.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom_rules.policies import arn_matches, is_action_among

from mailroom.aws.resources import Resource, list_resources
from mailroom.environments.environment import Environment
from mailroom.errors import NotUp
from mailroom.permissions.roles import Role, roles_of_stack

_KINDS = {
    "AWS::StepFunctions::StateMachine": "machine",
    "AWS::SNS::Topic": "topic",
    "AWS::SQS::Queue": "queue",
    "AWS::Lambda::Function": "function",
}
DATABASE = "Postgres"
# Variables of a function that connects to the database.
_OF_DATABASE = ("DATABASE", "PGHOST", "POSTGRES")


@dataclass(frozen=True)
class Node:
    """A part of the flow.

    Attributes:
        id: Its logical id.
        kind: `machine`, `function`, `topic`, `queue`, `dead-letter-queue` or `database`.
        arn: Its ARN; empty for the database.
        physical: Its physical id: a name, an ARN or a URL.
        role: ARN of a function's or state machine's role.
    """

    id: str
    kind: str
    arn: str = ""
    physical: str = ""
    role: str = ""


@dataclass(frozen=True)
class Edge:
    """A way of messages from one node to another.

    Attributes:
        source: Logical id of the node that it leaves.
        target: Logical id of the node that it leads to.
        label: What goes along it: a subscription's filter, or empty.
    """

    source: str
    target: str
    label: str = ""

    @property
    def id(self) -> str:
        """Its id in the picture."""
        return f"edge-{self.source}-{self.target}"


@dataclass(frozen=True)
class FlowModel:
    """A stack's flow.

    Attributes:
        nodes: By logical id.
        edges: In no particular order.
    """

    nodes: dict[str, Node]
    edges: tuple[Edge, ...]

    def of_arn(self, arn: str | None) -> Node | None:
        """The node with an ARN; a function's ARN may have a version."""
        nodes = [one for one in self.nodes.values() if one.arn]
        return next((one for one in nodes if f"{arn}:".startswith(f"{one.arn}:")), None)


class Flows:
    """The flow of the environment that is shown; it is read again when that is deployed again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Environment, FlowModel] | None = None

    def of(self, environment: Environment) -> FlowModel:
        """An environment's flow; for errors see `read_flow`."""
        with self._lock:
            if self._known is None or self._known[0] is not environment:
                self._known = environment, read_flow(environment)
            return self._known[1]


def read_flow(environment: Environment) -> FlowModel:
    """Read a stack's flow from what is deployed.

    Raises:
        NotUp: The stack is not deployed.
    """
    resources = list_resources(environment.session, environment.stack)
    if not resources:
        raise NotUp
    dead = set(environment.topology.dead_letter_queues)
    nodes = {
        one.logical_id: _node(environment, one, dead) for one in resources if one.type in _KINDS
    }
    by_arn = {node.arn: node.id for node in nodes.values()}
    edges = {
        (edge.source, edge.target): edge
        for edge in [
            *_of_queues(environment, by_arn),
            *_of_mappings(environment, nodes, by_arn),
            *_of_machines(environment, nodes, by_arn),
            *_of_roles(environment, nodes),
            *_of_database(environment, nodes),
        ]
    }
    connected = {end for pair in edges for end in pair if _is_message_edge(pair)}
    kept = {id: node for id, node in nodes.items() if node.kind != "function" or id in connected}
    if any(target == DATABASE and source in kept for source, target in edges):
        kept[DATABASE] = Node(DATABASE, "database")
    found = [one for (a, b), one in edges.items() if a in kept and b in kept]
    return FlowModel(kept, tuple(found))


def _is_message_edge(pair: tuple[str, str]) -> bool:
    return pair[1] != DATABASE


def _node(environment: Environment, resource: Resource, dead: set[str]) -> Node:
    id, kind = resource.logical_id, _KINDS[resource.type]
    if kind == "queue":
        arn = environment.topology.queue(id).arn
        return Node(id, "dead-letter-queue" if id in dead else kind, arn, resource.id)
    if kind == "function":
        client = environment.session.client("lambda")
        settings = client.get_function_configuration(FunctionName=resource.id)
        return Node(id, kind, settings["FunctionArn"], resource.id, settings["Role"])
    if kind == "machine":
        machines = environment.session.client("stepfunctions")
        role = machines.describe_state_machine(stateMachineArn=resource.id)["roleArn"]
        return Node(id, kind, resource.id, resource.id, role)
    return Node(id, kind, resource.id, resource.id)


def _of_queues(environment: Environment, by_arn: dict[str, str]) -> Iterator[Edge]:
    for one in environment.topology.subscriptions:
        if one.topic_arn in by_arn and one.queue_arn in by_arn:
            yield Edge(by_arn[one.topic_arn], by_arn[one.queue_arn], _filter(one.accepted))
            if one.dead_letter_arn in by_arn:
                yield Edge(by_arn[one.topic_arn], by_arn[one.dead_letter_arn], "not delivered")
    for queue in environment.topology.queues.values():
        if queue.dead_letter_arn in by_arn:
            yield Edge(queue.name, by_arn[queue.dead_letter_arn], "received too often")


def _filter(accepted: tuple[Any, ...]) -> str:
    texts = [
        "anything else" if _is_rest(one) else one if isinstance(one, str) else json.dumps(one)
        for one in accepted
    ]
    return ", ".join(dict.fromkeys(texts)) or "all"


def _is_rest(condition: Any) -> bool:
    """Whether a filter's condition is one of those that the unrouted queue has."""
    return isinstance(condition, dict) and (
        "anything-but" in condition or condition.get("exists") is False
    )


def _of_mappings(
    environment: Environment, nodes: dict[str, Node], by_arn: dict[str, str]
) -> Iterator[Edge]:
    client = environment.session.client("lambda")
    for node in nodes.values():
        if node.kind == "function":
            found = client.list_event_source_mappings(FunctionName=node.physical)
            for one in found["EventSourceMappings"]:
                source = by_arn.get(one.get("EventSourceArn", ""))
                if source:
                    yield Edge(source, node.id)


def _of_machines(
    environment: Environment, nodes: dict[str, Node], by_arn: dict[str, str]
) -> Iterator[Edge]:
    client = environment.session.client("stepfunctions")
    for node in nodes.values():
        if node.kind == "machine":
            found = client.describe_state_machine(stateMachineArn=node.arn)["definition"]
            named = [by_arn[arn] for arn in by_arn if arn and f'"{arn}"' in found]
            yield from (Edge(node.id, one) for one in named)


def _of_roles(environment: Environment, nodes: dict[str, Node]) -> Iterator[Edge]:
    roles = {role.arn: role for role in roles_of_stack(environment.session, environment.stack)}
    for node in nodes.values():
        role = roles.get(node.role)
        if node.kind != "function" or role is None:
            continue
        for other in nodes.values():
            if other.kind in ("queue", "dead-letter-queue"):
                if _may(role, "sqs:ReceiveMessage", other.arn):
                    yield Edge(other.id, node.id)
                if _may(role, "sqs:SendMessage", other.arn):
                    rejected = "can never succeed" if other.kind != "queue" else ""
                    yield Edge(node.id, other.id, rejected)
            if other.kind == "topic" and _may(role, "sns:Publish", other.arn):
                yield Edge(node.id, other.id)


def _may(role: Role, action: str, arn: str) -> bool:
    return any(
        one.document["Effect"] == "Allow"
        and is_action_among(action, one.actions)
        and any(arn_matches(pattern, arn) for pattern in one.resources)
        for one in role.statements
    )


def _of_database(environment: Environment, nodes: dict[str, Node]) -> Iterator[Edge]:
    client = environment.session.client("lambda")
    for node in nodes.values():
        if node.kind == "function":
            settings = client.get_function_configuration(FunctionName=node.physical)
            variables = settings.get("Environment", {}).get("Variables", {})
            if any(name.startswith(_OF_DATABASE) for name in variables):
                yield Edge(node.id, DATABASE, "one transaction")
