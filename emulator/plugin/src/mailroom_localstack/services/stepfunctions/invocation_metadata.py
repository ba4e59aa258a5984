"""The result of a Task that invokes a function."""

from typing import Any

from mailroom_localstack.patches import patch

TASKS = "localstack.services.stepfunctions.asl.component.state.state_execution.state_task"


@patch(f"{TASKS}.lambda_eval_utils:select_from_typed_dict")
def keep_invocation_metadata(original: Any, *arguments: Any, **named: Any) -> Any:
    """Give the result of `lambda:invoke` the metadata of Lambda's answer.

    LocalStack: leaves them out, so that a history doesn't say which invocation it was.

    AWS: adds `SdkHttpMetadata` and `SdkResponseMetadata`, whose `RequestId` is the invocation's.
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

    Test: tests/integration/test_executions.py
    test_a_step_has_the_log_of_its_own_invocation
    """
    selected = original(*arguments, **named)
    answer = named.get("obj") or arguments[-1]
    metadata = answer.get("ResponseMetadata")
    if not metadata:
        return selected
    headers = {name: [value] for name, value in metadata.get("HTTPHeaders", {}).items()}
    http = {
        "AllHttpHeaders": headers,
        "HttpHeaders": metadata.get("HTTPHeaders", {}),
        "HttpStatusCode": metadata.get("HTTPStatusCode"),
    }
    return selected | {
        "SdkHttpMetadata": http,
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId")},
    }
