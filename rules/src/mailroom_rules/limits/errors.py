"""The error that a service gives for a request that breaks its model.

Most say `ValidationException`, those with the query protocol `ValidationError`
(https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html); CloudWatch Logs declares
`InvalidParameterException`, SQS and S3 have errors of their own
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). The sentences are those that
localstack/localstack recorded of AWS in tests/aws/services (*.snapshot.json, 2026-03).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.s3_errors import s3_error
from mailroom_rules.limits.violation import Kind, Violation, sentence_of

if TYPE_CHECKING:
    from botocore.model import OperationModel

ErrorOf = Callable[["OperationModel", Sequence[Violation]], Refusal]
# The characters of most names in IAM, for which it has a sentence of its own.
_IAM_NAME = r"[\w+=,.@-]+"


def error_of(service: str, operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    """The error that a service gives.

    Args:
        service: its name, as botocore has it.
        operation: what was called.
        violations: what is wrong with the request, at least one thing.
    """
    return _ERRORS.get(service, _validation_exception)(operation, violations)


def _validation_exception(_operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    return Refusal("ValidationException", sentence_of(violations))


def _sns_error(operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    """SNS has a sentence of its own for a text that is missing."""
    first = violations[0]
    name = first.members[0]
    shape = operation.input_shape
    if first.kinds != (Kind.REQUIRED,) or first.members != (name,) or shape is None:
        return _validation_error(operation, violations)
    if shape.members[name].type_name != "string":
        return _validation_error(operation, violations)
    reason = (
        "Empty message" if name == "Message" else f"{name} Reason: no value for required parameter"
    )
    return Refusal("InvalidParameter", f"Invalid parameter: {reason}")


def _validation_error(_operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    return Refusal("ValidationError", sentence_of(violations))


def _logs_error(operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    """Operations on deliveries and those that are newer declare the other one."""
    declared = {shape.name for shape in operation.error_shapes}
    is_newer = "ValidationException" in declared and "InvalidParameterException" not in declared
    code = "ValidationException" if is_newer else "InvalidParameterException"
    return Refusal(code, sentence_of(violations))


def _iam_error(_operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    """IAM's errors have neither the value nor the values that there are."""
    for one in violations:
        if one.kinds == (Kind.PATTERN,) and one.sentence.endswith(f": {_IAM_NAME}"):
            return Refusal(
                "ValidationError",
                f"The specified value for {one.at} is invalid. It must contain only alphanumeric"
                " characters and/or the following: +=,.@_-",
            )
    return Refusal("ValidationError", sentence_of([_without_value(one) for one in violations]))


def _without_value(one: Violation) -> Violation:
    if one.kinds == (Kind.REQUIRED,):
        return one
    sentence = one.sentence.partition(": [")[0] if Kind.ENUM in one.kinds else one.sentence
    return replace(one, value=None, sentence=sentence)


def _sqs_error(_operation: OperationModel, violations: Sequence[Violation]) -> Refusal:
    first = violations[0]
    if Kind.REQUIRED in first.kinds:
        return Refusal(
            "MissingRequiredParameterException",
            f"The request must contain the parameter {first.members[-1]}.",
        )
    if first.members[0] == "MessageSystemAttributes" or first.members[0] == "Entries":
        return Refusal(
            "InvalidParameterValueException",
            f"Message system attribute name '{first.offender}' is invalid.",
        )
    return Refusal("InvalidAttributeName", f"Unknown Attribute {first.offender}.")


_ERRORS: dict[str, ErrorOf] = {
    "iam": _iam_error,
    "logs": _logs_error,
    "s3": s3_error,
    "sns": _sns_error,
    "sqs": _sqs_error,
}
