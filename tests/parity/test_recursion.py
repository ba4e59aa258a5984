"""Lambda: loops of a function with other services."""

import json
from contextlib import ExitStack

import pytest

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name
from tests.parity.made.functions import Functions
from tests.parity.made.queues import Queues
from tests.parity.made.roles import Roles, allow, own

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"
ROUNDS = 20
# Sends itself the next message, and ends after some rounds if nothing else ends it.
LOOPS = f"""
    import json, os, boto3

    def handler(event, context):
        sqs = boto3.client("sqs")
        for record in event["Records"]:
            told = json.loads(record["body"])
            if told["round"] == {ROUNDS}:
                sqs.send_message(QueueUrl=told["end"], MessageBody="{ROUNDS}")
            else:
                told["round"] += 1
                sqs.send_message(QueueUrl=told["loop"], MessageBody=json.dumps(told))
"""


@pytest.mark.behaviour(PAGE)
@pytest.mark.parametrize(("config", "most"), [("Terminate", 17), ("Allow", ROUNDS)])
def test_a_loop_of_a_function_with_a_queue_ends(
    queues: Queues, functions: Functions, config: str, most: int
) -> None:
    end = queues.make()
    policy = {"deadLetterTargetArn": end.arn, "maxReceiveCount": 1}
    loop = queues.make(VisibilityTimeout="4", RedrivePolicy=json.dumps(policy))
    function = functions.make(LOOPS, Timeout=4)
    functions.client.put_function_recursion_config(FunctionName=function.name, RecursiveLoop=config)
    functions.connect(function, loop.arn, BatchSize=1)

    loop.send(json.dumps({"loop": loop.url, "end": end.url, "round": 1}))

    last = json.loads(end.next()["Body"])
    rounds = last if isinstance(last, int) else last["round"]
    assert most - 1 <= rounds <= most


# Does the same by way of the default bus.
ON_THE_BUS = f"""
    import json, boto3

    def handler(event, context):
        told = event["detail"]
        if told["round"] == {ROUNDS}:
            sqs = boto3.client("sqs")
            sqs.send_message(QueueUrl=told["end"], MessageBody="{ROUNDS}")
        else:
            told["round"] += 1
            entry = {{"Source": event["source"], "DetailType": "t", "Detail": json.dumps(told)}}
            boto3.client("events").put_events(Entries=[entry])
"""


@pytest.mark.behaviour(PAGE)
def test_a_loop_of_a_function_with_a_bus_is_not_detected(
    endpoint: Endpoint, queues: Queues, functions: Functions, roles: Roles, cleanup: ExitStack
) -> None:
    end, events, name = queues.make(), endpoint.client("events"), new_name()
    role = roles.make(
        "lambda", allow("sqs:SendMessage", own("sqs")), allow("events:PutEvents", "*")
    )
    function = functions.make(ON_THE_BUS, Role=role)
    rule = events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))["RuleArn"]
    cleanup.callback(events.delete_rule, Name=name)
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function.arn}])
    cleanup.callback(events.remove_targets, Rule=name, Ids=["1"])
    functions.client.add_permission(
        FunctionName=function.name,
        StatementId="bus",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )

    detail = json.dumps({"end": end.url, "round": 1})
    events.put_events(Entries=[{"Source": name, "DetailType": "t", "Detail": detail}])

    assert end.next()["Body"] == str(ROUNDS)
