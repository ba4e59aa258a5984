"""Page of one node of the flow: its settings, its permissions, its log."""

from collections.abc import Callable
from typing import Any

from mailroom.console.flow_model import Node
from mailroom.console.page import Document, Page, Visit
from mailroom.console.pages.queue_pages import oldest_sent, pretty
from mailroom.console.stored import stored
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, Refused
from mailroom.workflow.ingested import count_ingested

_STREAMS, _LINES = 4, 120
# What is nested, and shown as JSON.
_LONG = {"Policy", "EffectiveDeliveryPolicy", "RedrivePolicy", "definition"}


def node(visit: Visit) -> Document:
    """A node's settings, what its role used and was refused, and the end of its log."""
    environment, id = visit.environment, visit.path["id"]
    model = visit.console.flows.of(environment)
    if id not in model.nodes:
        raise Refused(f"there is no node {id!r}", f"nodes: {', '.join(model.nodes)}")
    one = model.nodes[id]
    trouble = ""
    if one.kind == "database":
        rows, trouble = stored(environment, count_ingested)
        settings: dict[str, Any] = {
            f"rows of {name}": count for name, count in (rows or {}).items()
        }
    else:
        settings = _SETTINGS[one.kind](environment, one)
    now = visit.console.measurements.now(environment)
    measured = now.queues.get(id)
    return {
        "node": one,
        "into": [edge for edge in model.edges if edge.target == id],
        "out": [edge for edge in model.edges if edge.source == id],
        "trouble": trouble,
        "queue": measured,
        "oldest": oldest_sent(measured, now.at) if measured else None,
        "settings": {name: value for name, value in settings.items() if name not in _LONG},
        "long": {n: pretty(str(value)) for n, value in settings.items() if n in _LONG},
        "permissions": _permissions(environment, one) if one.role else None,
        "log": _log(environment, one) if one.kind == "function" else None,
        "commands": _commands(one),
    }


def _of_queue(environment: Environment, one: Node) -> dict[str, Any]:
    client = environment.session.client("sqs")
    found = client.get_queue_attributes(QueueUrl=one.physical, AttributeNames=["All"])
    return {str(n): value for n, value in found["Attributes"].items() if "Timestamp" not in n}


def _of_topic(environment: Environment, one: Node) -> dict[str, Any]:
    found = environment.session.client("sns").get_topic_attributes(TopicArn=one.arn)
    return {**found["Attributes"]}


def _of_function(environment: Environment, one: Node) -> dict[str, Any]:
    client = environment.session.client("lambda")
    found: dict[str, Any] = dict(client.get_function_configuration(FunctionName=one.physical))
    names = ("Runtime", "Handler", "Timeout", "MemorySize", "Role", "Architectures", "LastModified")
    # Variables may have secrets: their names alone are shown.
    variables = ", ".join(sorted(found.get("Environment", {}).get("Variables", {})))
    return {
        **{name: found[name] for name in names if name in found},
        "Environment variables": variables or None,
        "Log group": found.get("LoggingConfig", {}).get("LogGroup"),
    }


def _of_machine(environment: Environment, one: Node) -> dict[str, Any]:
    client = environment.session.client("stepfunctions")
    found: dict[str, Any] = dict(client.describe_state_machine(stateMachineArn=one.arn))
    names = ("name", "status", "type", "roleArn", "creationDate", "definition")
    return {name: found[name] for name in names if name in found}


_SETTINGS: dict[str, Callable[[Environment, Node], dict[str, Any]]] = {
    "queue": _of_queue,
    "dead-letter-queue": _of_queue,
    "topic": _of_topic,
    "function": _of_function,
    "machine": _of_machine,
}


def _permissions(environment: Environment, one: Node) -> Document | None:
    """What the node's role used, never used and was refused, as `mailroom iam report` has it."""
    from mailroom.permissions.decisions import read_decisions
    from mailroom.permissions.report import report_role, sufficient_policy
    from mailroom.permissions.roles import roles_of_stack

    try:
        decisions = read_decisions(environment.endpoint)
    except MailroomError:
        return None
    roles = roles_of_stack(environment.session, environment.stack)
    role = next((role for role in roles if role.arn == one.role), None)
    if role is None:
        return None
    report = report_role(role, decisions.decided)
    return {
        "role": role.logical_id,
        "mode": decisions.mode,
        "used": [
            {"statement": grant.statement.name, "action": grant.action, "count": grant.count}
            for grant in report.used
        ],
        "unused": [
            {"statement": grant.statement.name, "action": grant.action} for grant in report.unused
        ],
        "refused": [
            {"action": decided.action, "count": decided.count, "message": decided.message}
            for decided in report.refused
        ],
        "sufficient": sufficient_policy(report) if report.refused else None,
    }


def _log(environment: Environment, one: Node) -> list[dict[str, Any]]:
    """The last lines of a function's log, the oldest first."""
    logs = environment.session.client("logs")
    settings = environment.session.client("lambda").get_function_configuration(
        FunctionName=one.physical
    )
    group = settings.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{one.physical}"
    try:
        streams = logs.describe_log_streams(
            logGroupName=group, orderBy="LastEventTime", descending=True, limit=_STREAMS
        )["logStreams"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    lines: list[dict[str, Any]] = [
        {"at": event["timestamp"] / 1000, "text": event["message"].rstrip()}
        for stream in streams
        for event in logs.get_log_events(
            logGroupName=group, logStreamName=stream["logStreamName"], limit=_LINES
        )["events"]
    ]
    return sorted(lines, key=lambda line: line["at"])[-_LINES:]


def _commands(one: Node) -> dict[str, str]:
    if one.kind == "function":
        short = one.id.removesuffix("Function").lower()
        name = next((s for s in ("publish", "process", "migrate") if short.startswith(s)), short)
        return {
            "mailroom": f"mailroom logs {name}",
            "aws": f"mailroom aws lambda get-function --function-name {one.physical}",
        }
    if one.kind in ("queue", "dead-letter-queue"):
        queue = f"--queue-url {one.physical} --attribute-names All"
        return {
            "mailroom": f"mailroom queues {one.id}",
            "aws": f"mailroom aws sqs get-queue-attributes {queue}",
        }
    if one.kind == "topic":
        topic = f"mailroom aws sns list-subscriptions-by-topic --topic-arn {one.arn}"
        return {"mailroom": "mailroom status", "aws": topic}
    if one.kind == "machine":
        machine = f"mailroom aws stepfunctions list-executions --state-machine-arn {one.arn}"
        return {"mailroom": "mailroom send FILE", "aws": machine}
    return {"mailroom": "mailroom messages", "aws": ""}


PAGES = [Page("/flow/{id}", "node.html", node, live=True, interval=2.5)]
