"""Lambda: loops of a function with other services."""

import json

import pytest

from tests.parity.made.functions import Functions
from tests.parity.made.queues import Queues

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
