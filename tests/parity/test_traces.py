"""X-Ray: who hands the trace header on to whom."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name
from tests.parity.made.functions import Functions
from tests.parity.made.machines import Machines
from tests.parity.made.queues import Queues
from tests.parity.made.topics import Topics, subscribed

XRAY = "https://docs.aws.amazon.com/xray/latest/devguide"
ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793"
HEADER = f"{ROOT};Parent=53995c3f42cd8ad8;Sampled=1"
OTHER = "Root=1-5759e988-000000000000000000000001;Sampled=1"
# Tells a queue which trace it has, and what it was given.
TELLS = """
    import json, os, boto3

    def handler(event, context):
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        if heard := os.environ.get("HEARD"):
            told = json.dumps({"trace": trace, "event": event})
            boto3.client("sqs").send_message(QueueUrl=heard, MessageBody=told)
        return trace
"""


@pytest.mark.behaviour(f"{XRAY}/xray-services-sns.html")
def test_sns_passes_the_trace_header_on_to_queues(topics: Topics, queues: Queues) -> None:
    topic = topics.make()
    queue = subscribed(topic, queues)

    with header(topic.sns):
        topic.publish("one")
        topic.publish_batch("two")

    received = queue.collect(2)
    assert [one["Attributes"].get("AWSTraceHeader") for one in received] == [HEADER, HEADER]


@pytest.mark.behaviour(f"{XRAY}/xray-services-sqs.html")
def test_a_message_has_the_header_of_its_request_unless_it_has_its_own(queues: Queues) -> None:
    queue = queues.make()

    own = {"AWSTraceHeader": {"DataType": "String", "StringValue": OTHER}}
    with header(queue.sqs):
        queue.send("the request's")
        queue.sqs.send_message(QueueUrl=queue.url, MessageBody="own", MessageSystemAttributes=own)

    found = {one["Body"]: one["Attributes"].get("AWSTraceHeader") for one in queue.collect(2)}
    assert found == {"the request's": HEADER, "own": OTHER}


@pytest.mark.behaviour(f"{XRAY}/xray-tracelinking.html")
def test_a_function_gets_the_header_with_each_record_and_has_a_trace_of_its_own(
    queues: Queues, functions: Functions
) -> None:
    queue, heard = queues.make(), queues.make()
    variables = {"Variables": {"HEARD": heard.url}}
    functions.connect(functions.make(TELLS, Environment=variables), queue.arn)

    with header(queue.sqs):
        queue.send("traced")

    told = json.loads(heard.next()["Body"])
    [record] = told["event"]["Records"]
    assert record["attributes"]["AWSTraceHeader"] == HEADER
    assert told["trace"].startswith("Root=1-")


@pytest.mark.behaviour(f"{XRAY}/xray-services-sns.html")
def test_sns_passes_the_trace_header_on_to_functions(
    endpoint: Endpoint, topics: Topics, queues: Queues, functions: Functions, cleanup: ExitStack
) -> None:
    topic, heard = topics.make(), queues.make()
    function = functions.make(TELLS, Environment={"Variables": {"HEARD": heard.url}})
    functions.client.add_permission(
        FunctionName=function.name,
        StatementId="topic",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic.arn,
    )
    subscription = topic.sns.subscribe(
        TopicArn=topic.arn, Protocol="lambda", Endpoint=function.arn, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    cleanup.callback(topic.sns.unsubscribe, SubscriptionArn=subscription)

    with header(topic.sns):
        topic.publish("traced")

    assert root(json.loads(heard.next()["Body"])["trace"]) == ROOT


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"
)
def test_an_execution_s_trace_header_reaches_its_functions(
    machines: Machines, functions: Functions
) -> None:
    machine = machines.make(invoking(functions.make(TELLS).name))

    by_parameter = machine.steps.start_execution(
        stateMachineArn=machine.arn, name=new_name(), input="{}", traceHeader=HEADER
    )["executionArn"]

    assert root(machine.ended(by_parameter).output) == ROOT
    described = machine.steps.describe_execution(executionArn=by_parameter)
    assert root(described["traceHeader"]) == ROOT


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"
)
def test_the_header_of_a_request_wins_over_the_parameter(
    machines: Machines, functions: Functions
) -> None:
    machine = machines.make(invoking(functions.make(TELLS).name))

    with header(machine.steps):
        started = machine.steps.start_execution(
            stateMachineArn=machine.arn, name=new_name(), input="{}", traceHeader=OTHER
        )["executionArn"]

    assert root(machine.ended(started).output) == ROOT


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html"
)
def test_the_functions_of_an_execution_that_is_traced_share_its_trace(
    machines: Machines, functions: Functions
) -> None:
    invoke = invoking(functions.make(TELLS).name)["Invoke"]
    del invoke["OutputPath"], invoke["End"]
    states = {
        "First": {**invoke, "ResultPath": "$.first", "Next": "Second"},
        "Second": {**invoke, "ResultPath": "$.second", "End": True},
    }
    machine = machines.make(states, tracingConfiguration={"enabled": True})

    output = machine.run({}).output

    assert root(output["first"]["trace"]) == root(output["second"]["trace"])


def invoking(function: str) -> dict[str, Any]:
    """A state that invokes a function, and gives its answer."""
    return {
        "Invoke": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function, "Payload": {}},
            "ResultSelector": {"trace.$": "$.Payload"},
            "OutputPath": "$.trace",
            "End": True,
        }
    }


@contextmanager
def header(client: Any) -> Iterator[None]:
    """A client's requests carry the trace header."""

    def add(request: Any, **_: Any) -> None:
        request.headers["X-Amzn-Trace-Id"] = HEADER

    client.meta.events.register("before-sign", add)
    try:
        yield
    finally:
        client.meta.events.unregister("before-sign", add)


def root(trace: str) -> str:
    """The trace id of a trace header."""
    return next(part for part in trace.split(";") if part.startswith("Root="))
