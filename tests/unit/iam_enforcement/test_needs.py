"""The permissions and condition keys of a call."""

import pytest
from mailroom_localstack.iam.call_requirements import keys_of_assumption, keys_of_call, needed
from mailroom_localstack.iam.caller_errors import no_signature, unknown_key, wrong_signature
from mailroom_localstack.iam.mode import Mode, configured_mode
from mailroom_rules.actions import Scope

SCOPE = Scope("eu-west-1", "000000000000")
ROLE = "arn:aws:iam::000000000000:role/reader"


def test_creating_a_function_needs_the_permission_to_read_its_code() -> None:
    code = {"S3Bucket": "bucket", "S3Key": "code.zip"}

    permissions = needed("lambda", "CreateFunction", {"FunctionName": "f", "Code": code}, SCOPE)

    assert ("s3:GetObject", "arn:aws:s3:::bucket/code.zip") in [
        (one.action, one.resource) for one in permissions
    ]


def test_a_folder_is_no_object() -> None:
    code = {"S3Bucket": "hot-reload", "S3Key": "/folder"}

    permissions = needed("lambda", "UpdateFunctionCode", {"FunctionName": "f", **code}, SCOPE)

    assert [one.action for one in permissions] == ["lambda:UpdateFunctionCode"]


def test_a_call_of_a_service_has_the_arn_that_it_acts_for() -> None:
    topic = "arn:aws:sns:eu-west-1:111111111111:topic"

    keys = keys_of_call("sqs", "SendMessage", {"QueueUrl": "q"}, SCOPE, topic)

    assert keys["aws:SourceArn"] == topic
    assert keys["aws:SourceAccount"] == "111111111111"


def test_a_direct_call_has_no_source() -> None:
    keys = keys_of_call("sqs", "SendMessage", {"QueueUrl": "q"}, SCOPE, None)

    assert not {"aws:SourceArn", "aws:SourceAccount"} & set(keys)


def test_a_state_machine_assumes_its_role_for_itself() -> None:
    machine = "arn:aws:states:eu-west-1:000000000000:stateMachine:m"

    assert keys_of_assumption(ROLE, [machine]) == {
        "aws:SourceAccount": "000000000000",
        "aws:SourceArn": machine,
    }
    assert keys_of_assumption(ROLE, []) == {"aws:SourceAccount": "000000000000"}


@pytest.mark.parametrize(
    ("service", "codes"),
    [
        ("sns", ("InvalidClientTokenId", "SignatureDoesNotMatch", "MissingAuthenticationToken")),
        ("s3", ("InvalidAccessKeyId", "SignatureDoesNotMatch", "MissingAuthenticationToken")),
        (
            "kms",
            (
                "UnrecognizedClientException",
                "InvalidSignatureException",
                "MissingAuthenticationTokenException",
            ),
        ),
    ],
)
def test_each_service_has_its_own_errors_for_unknown_callers(
    service: str, codes: tuple[str, ...]
) -> None:
    refusals = (unknown_key(service), wrong_signature(service), no_signature(service))

    assert tuple(one.code for one in refusals) == codes


def test_policies_are_enforced_unless_configured_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILROOM_IAM", raising=False)
    assert configured_mode() is Mode.ENFORCE

    monkeypatch.setenv("MAILROOM_IAM", "observe")
    assert configured_mode() is Mode.OBSERVE

    monkeypatch.setenv("MAILROOM_IAM", "maybe")
    with pytest.raises(ValueError, match="enforce, observe, off"):
        configured_mode()
