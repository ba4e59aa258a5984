"""Lambda: queues as event sources."""

import json
from typing import Any

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made.functions import Functions
from tests.parity.made.queues import Queues
from tests.parity.made.roles import Roles
from tests.support.functions import Function

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
# Tells another queue what it was given, then does what the bodies say.
TELLS = """
    import json, os, boto3

    def handler(event, context):
        boto3.client("sqs").send_message(
            QueueUrl=os.environ["HEARD"], MessageBody=json.dumps(event["Records"])
        )
        if any("raise" in one["body"] for one in event["Records"]):
            raise ValueError("the batch fails")
        failed = [one["messageId"] for one in event["Records"] if "bad" in one["body"]]
        return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
"""
SETTINGS = {"FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 10}
BODY = ' {"a": 1.0,\n\t"b": 12345678901234567890, "b": "\\u00e9é📬"}\n'


type Batch = list[dict[str, Any]]


class Source:
    """A queue whose messages invoke a function, and what it was given."""

    def __init__(self, queues: Queues, functions: Functions) -> None:
        self._functions = functions
        self._heard = queues.make()
        # Longer than a cold start on a busy machine, as another batch may be processed meanwhile.
        self.queue = queues.make(VisibilityTimeout=10)
        variables = {"Variables": {"HEARD": self._heard.url}}
        self._function = functions.make(TELLS, Timeout=2, Environment=variables)

    def connect(self) -> None:
        """Have the queue's messages invoke the function from now on."""
        self._functions.connect(self._function, self.queue.arn, **SETTINGS)

    def heard(self) -> list[Batch]:
        """The batches that the function was given since the last time, one at least."""
        return [json.loads(told["Body"]) for told in self._heard.collect()]

    def heard_again(self) -> tuple[list[Batch], list[Batch]]:
        """The batches that were given once, and then those whose messages came again."""
        once: list[Batch] = []
        while True:
            batches = self.heard()
            again = [one for one in batches if receives(one[0]) > 1]
            if again:
                return once, again
            once += batches


@pytest.fixture
def source(queues: Queues, functions: Functions) -> Source:
    """A queue and its function, not connected yet."""
    return Source(queues, functions)


@pytest.mark.behaviour(f"{GUIDE}/services-sqs-errorhandling.html")
def test_of_a_batch_only_what_the_function_names_comes_again_and_the_rest_is_deleted(
    source: Source,
) -> None:
    source.queue.send_all("good", "bad", "good too")

    source.connect()

    once, again = source.heard_again()
    assert bodies(once) == ["bad", "good", "good too"]
    assert bodies(again) == ["bad"]


@pytest.mark.behaviour(f"{GUIDE}/services-sqs-errorhandling.html")
def test_a_batch_whose_function_fails_comes_again_whole(source: Source) -> None:
    source.queue.send_all("good", "raise")

    source.connect()

    once, again = source.heard_again()
    [failed] = [one for one in once if "raise" in bodies([one])]
    assert bodies(again) == bodies([failed])


@pytest.mark.behaviour(f"{GUIDE}/with-sqs.html")
def test_a_record_has_the_body_as_it_was_sent_and_the_attributes(source: Source) -> None:
    message = source.queue.send(BODY, type="alert")

    source.connect()

    [[record]] = source.heard()
    assert record["body"] == BODY
    assert record["messageId"] == message
    assert record["messageAttributes"]["type"]["stringValue"] == "alert"
    assert record["messageAttributes"]["type"]["dataType"] == "String"
    assert receives(record) == 1
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == source.queue.arn


@pytest.mark.behaviour(f"{GUIDE}/services-sqs-configure.html")
def test_a_queue_that_hides_messages_for_less_time_than_the_function_has_is_refused(
    functions: Functions, queues: Queues, probe: Function
) -> None:
    queue = queues.make(VisibilityTimeout=19)

    code = code_of(lambda: functions.connect(probe, queue.arn))

    assert code == "InvalidParameterValueException"


@pytest.mark.behaviour(f"{GUIDE}/services-sqs-configure.html")
def test_a_queue_that_the_role_of_the_function_may_not_read_is_refused(
    endpoint: Endpoint, functions: Functions, roles: Roles, queues: Queues
) -> None:
    queue = queues.make()
    function = functions.make("handler = print", Role=roles.make("lambda"))

    code = code_of(
        lambda: functions.client.create_event_source_mapping(
            FunctionName=function.name, EventSourceArn=queue.arn
        )
    )

    assert code == "InvalidParameterValueException"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html"
)
def test_a_disabled_mapping_is_gone_when_it_was_deleted(
    endpoint: Endpoint, functions: Functions, queues: Queues, probe: Function
) -> None:
    queue = queues.make()
    functions.connect(probe, queue.arn, Enabled=False)

    def mappings() -> list[Any]:
        listed = functions.client.list_event_source_mappings(EventSourceArn=queue.arn)
        return list(listed["EventSourceMappings"])

    [mapping] = mappings()
    functions.client.delete_event_source_mapping(UUID=mapping["UUID"])

    endpoint.until(lambda: not mappings(), "the mapping's end")


def bodies(batches: list[Batch]) -> list[str]:
    """The bodies of all messages of batches, in the order of the alphabet."""
    return sorted(record["body"] for batch in batches for record in batch)


def receives(record: dict[str, Any]) -> int:
    """How often a message was received."""
    return int(record["attributes"]["ApproximateReceiveCount"])
