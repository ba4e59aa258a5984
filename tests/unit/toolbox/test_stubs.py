"""Stubbed calls are held to patterns, lengths and enumerations of AWS's models."""

from typing import Any

import boto3
import pytest

from tests.support.stubs import StrictStubber

_STACK = {"StackName": "s", "TemplateBody": "{}", "ChangeSetType": "CREATE"}
_APPLICATION = {"Name": "mailroom", "Author": "me", "Description": "d"}
_CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("cloudformation", "create_change_set", {**_STACK, "ChangeSetName": "1"}, "does not match"),
    ("cloudformation", "create_change_set", {**_STACK, "ChangeSetName": "c" * 129}, "at most 128"),
    (
        "cloudformation",
        "create_change_set",
        {**_STACK, "ChangeSetName": "c", "ChangeSetType": "MAKE"},
        "not one of",
    ),
    ("sqs", "list_queues", {"QueueNamePrefix": "q"}, ""),
    ("serverlessrepo", "create_application", {**_APPLICATION, "Author": "I myself"}, "Author"),
    ("serverlessrepo", "create_application", {**_APPLICATION, "Labels": ["a b"]}, "Labels"),
    ("serverlessrepo", "create_application", {**_APPLICATION, "Description": "d" * 257}, "256"),
    ("serverlessrepo", "create_application", _APPLICATION, ""),
]


def _client(service: Any) -> Any:
    return boto3.client(service, "eu-west-3", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.mark.parametrize(("service", "method", "params", "said"), _CALLS)
def test_a_call_that_the_model_does_not_admit_fails(
    service: str, method: str, params: dict[str, Any], said: str
) -> None:
    client = _client(service)
    with StrictStubber(client) as stubber:
        stubber.add_response(method, {})

        if said:
            with pytest.raises(AssertionError, match=said):
                getattr(client, method)(**params)
        else:
            assert getattr(client, method)(**params) == {}


def test_an_answer_that_aws_does_not_give_is_refused() -> None:
    stubber = StrictStubber(_client("cloudformation"))

    with pytest.raises(AssertionError, match="ExecutionStatus is 'MAYBE'"):
        stubber.add_response("describe_change_set", {"ExecutionStatus": "MAYBE"})
