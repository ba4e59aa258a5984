"""Lambda: values that it refuses, payloads, and what is in use."""

from contextlib import ExitStack
from typing import Any

import pytest

from tests.parity.endpoint import Endpoint, as_given, code_of
from tests.parity.made import new_name
from tests.parity.made.functions import PROBE, Functions
from tests.parity.made.queues import Queues
from tests.support.functions import Function, archive

OTHER = "def handler(event, context): return 'other'"
INVALID, MODEL = "InvalidParameterValueException", "ValidationException"


def created(functions: Functions, endpoint: Endpoint, **settings: Any) -> str:
    """The code of the error with which a function is refused."""
    client = as_given(endpoint, "lambda")
    return code_of(lambda: client.create_function(**functions.settings(OTHER, **settings)))


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html")
def test_a_function_of_more_than_900_seconds_is_refused(
    functions: Functions, endpoint: Endpoint
) -> None:
    assert created(functions, endpoint, Timeout=901) == MODEL


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html")
def test_a_function_of_more_than_10240_mb_is_refused(
    functions: Functions, endpoint: Endpoint
) -> None:
    assert created(functions, endpoint, MemorySize=10_241) == MODEL


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html")
def test_a_variable_that_is_reserved_is_refused(functions: Functions, endpoint: Endpoint) -> None:
    variables = {"Variables": {"AWS_REGION": "eu-west-1"}}

    assert created(functions, endpoint, Environment=variables) == INVALID


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html")
@pytest.mark.parametrize("name", ["1a", "a-b", "_a"])
def test_a_variable_whose_name_has_other_characters_is_refused(
    functions: Functions, endpoint: Endpoint, name: str
) -> None:
    assert created(functions, endpoint, Environment={"Variables": {name: "x"}}) == MODEL


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html")
def test_variables_of_more_than_4_kb_are_refused(functions: Functions, endpoint: Endpoint) -> None:
    variables = {"Variables": {"LARGE": "x" * 4096}}

    assert created(functions, endpoint, Environment=variables) == INVALID


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html")
def test_a_handler_with_white_space_is_refused(functions: Functions, endpoint: Endpoint) -> None:
    assert created(functions, endpoint, Handler="a b") == MODEL


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_TracingConfig.html")
def test_a_tracing_mode_that_does_not_exist_is_refused(
    functions: Functions, endpoint: Endpoint
) -> None:
    assert created(functions, endpoint, TracingConfig={"Mode": "On"}) == MODEL


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_EphemeralStorage.html")
def test_temporary_storage_of_more_than_10240_mb_is_refused(
    functions: Functions, endpoint: Endpoint
) -> None:
    assert created(functions, endpoint, EphemeralStorage={"Size": 10_241}) == MODEL


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
)
def test_a_dead_letter_target_that_is_no_queue_and_no_topic_is_refused(
    functions: Functions, endpoint: Endpoint
) -> None:
    target = {"TargetArn": functions.role}

    assert created(functions, endpoint, DeadLetterConfig=target) == INVALID


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
)
def test_more_than_two_retries_of_asynchronous_invocations_are_refused(
    endpoint: Endpoint, probe: Function
) -> None:
    client = as_given(endpoint, "lambda")

    refusal = code_of(
        lambda: client.put_function_event_invoke_config(
            FunctionName=probe.name, MaximumRetryAttempts=3
        )
    )

    assert refusal == MODEL


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"
)
def test_an_event_source_mapping_of_more_than_1000_at_once_is_refused(
    endpoint: Endpoint, probe: Function, queues: Queues
) -> None:
    client = as_given(endpoint, "lambda")
    queue = queues.make(VisibilityTimeout=60)

    refusal = code_of(
        lambda: client.create_event_source_mapping(
            FunctionName=probe.name,
            EventSourceArn=queue.arn,
            ScalingConfig={"MaximumConcurrency": 1_001},
        )
    )

    assert refusal == MODEL


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html"
)
def test_an_update_to_a_role_that_is_not_there_is_refused(
    endpoint: Endpoint, probe: Function
) -> None:
    client, before = endpoint.client("lambda"), probe.configuration()["Role"]

    refusal = code_of(
        lambda: client.update_function_configuration(FunctionName=probe.name, Role=f"{before}-none")
    )

    assert refusal == INVALID
    assert probe.configuration()["Role"] == before


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html")
@pytest.mark.parametrize("way", ["RequestResponse", "Event"])
def test_a_payload_that_is_not_json_is_refused(
    endpoint: Endpoint, probe: Function, way: str
) -> None:
    client = endpoint.client("lambda")

    refusal = code_of(
        lambda: client.invoke(FunctionName=probe.name, InvocationType=way, Payload=b"not json")
    )

    assert refusal == "InvalidRequestContentException"


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html")
def test_a_version_that_an_alias_names_is_not_deleted(functions: Functions) -> None:
    name = functions.make(PROBE).name
    version = functions.client.publish_version(FunctionName=name)["Version"]
    functions.client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)

    refusal = code_of(
        lambda: functions.client.delete_function(FunctionName=name, Qualifier=version)
    )

    assert refusal == "ResourceConflictException"
    assert functions.client.get_function(FunctionName=name, Qualifier="live")


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html")
def test_a_dry_run_changes_no_code(endpoint: Endpoint, probe: Function) -> None:
    before = probe.configuration()

    answer = endpoint.client("lambda").update_function_code(
        FunctionName=probe.name, ZipFile=archive(OTHER), DryRun=True
    )

    assert answer["FunctionName"] == probe.name
    assert probe.configuration()["CodeSha256"] == before["CodeSha256"]


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html")
@pytest.mark.parametrize("lacks", ["Runtime", "Handler"])
def test_a_zip_without_a_runtime_or_a_handler_is_refused(
    functions: Functions, endpoint: Endpoint, lacks: str
) -> None:
    settings = functions.settings(OTHER)
    del settings[lacks]

    refusal = code_of(lambda: as_given(endpoint, "lambda").create_function(**settings))

    assert refusal == INVALID


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html")
@pytest.mark.parametrize("more", [None, {"S3Bucket": "bucket", "S3Key": "key"}])
def test_code_without_a_source_or_with_two_is_refused(
    functions: Functions, endpoint: Endpoint, more: dict[str, str] | None
) -> None:
    code = {"ZipFile": archive(OTHER), **more} if more else {}

    assert created(functions, endpoint, Code=code) == INVALID


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html")
def test_a_log_level_without_the_format_json_is_refused(
    functions: Functions, endpoint: Endpoint
) -> None:
    logging = {"ApplicationLogLevel": "DEBUG", "LogFormat": "Text"}

    assert created(functions, endpoint, LoggingConfig=logging) == INVALID


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"
)
def test_a_window_of_a_fifo_queue_and_an_eleventh_filter_are_refused(
    endpoint: Endpoint, probe: Function, queues: Queues, cleanup: ExitStack
) -> None:
    client = endpoint.client("lambda")
    mapping = {"FunctionName": probe.name, "EventSourceArn": queues.make().arn}
    name = f"{new_name()}.fifo"
    made = queues.sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})
    cleanup.callback(queues.sqs.delete_queue, QueueUrl=made["QueueUrl"])
    fifo = f"arn:aws:sqs:{endpoint.region}:{endpoint.account}:{name}"
    of_fifo = {**mapping, "EventSourceArn": fifo}
    filters = {"Filters": [{"Pattern": "{}"}] * 11}

    refusals = [
        code_of(
            lambda: client.create_event_source_mapping(**of_fifo, MaximumBatchingWindowInSeconds=5)
        ),
        code_of(lambda: client.create_event_source_mapping(**mapping, FilterCriteria=filters)),
    ]

    assert refusals == [INVALID] * 2
