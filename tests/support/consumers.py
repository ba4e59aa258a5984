"""A queue at the workflow's topic whose messages a function of a test's own consumes."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from mailroom.environments.environment import Environment
from tests.support.flow import until
from tests.support.functions import Functions


@contextmanager
def consumed(
    environment: Environment, functions: Functions, source: str, **settings: int
) -> Iterator[str]:
    """A message type whose messages a function consumes; its name.

    Args:
        environment: The environment.
        functions: Makes the function.
        source: The function's source.
        settings: Settings of the function.
    """
    sqs, sns = environment.session.client("sqs"), environment.session.client("sns")
    lambdas, topic = environment.session.client("lambda"), environment.topology.topic_arn
    name = f"test-{uuid.uuid4().hex[:8]}"
    concurrency = settings.pop("concurrency", None)
    function = functions.make(source, FunctionName=name, Timeout=2, **settings)
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "2"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    queue = arn["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    subscription = sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue,
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": json.dumps({"type": [name]}),
        },
    )["SubscriptionArn"]
    if concurrency is not None:
        lambdas.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=concurrency
        )
    mapping = lambdas.create_event_source_mapping(FunctionName=function.name, EventSourceArn=queue)
    until(
        lambda: lambdas.get_event_source_mapping(UUID=mapping["UUID"])["State"] == "Enabled",
        "the event source mapping",
    )
    try:
        yield name
    finally:
        lambdas.delete_event_source_mapping(UUID=mapping["UUID"])
        sns.unsubscribe(SubscriptionArn=subscription)
        sqs.delete_queue(QueueUrl=url)
