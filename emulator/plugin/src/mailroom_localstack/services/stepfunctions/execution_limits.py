"""Errors and limits of executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check, patch

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

MAXIMUM_INPUT_BYTES = 256 * 1024
NOT_CAUGHT_BY_ALL = "States.DataLimitExceeded"
ASL = "localstack.services.stepfunctions.asl.component"
LAMBDA_TASK = f"{ASL}.state.state_execution.state_task.service.state_task_service_lambda"


@check("stepfunctions", "StartExecution")
def refuse_large_input(context: ServiceCall) -> None:
    """Refuse an input of more than 256 KiB.

    LocalStack: accepts it.

    AWS: answers ValidationException.
    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

    Test: tests/parity/test_executions.py::test_an_input_of_more_than_256_kb_is_refused
    """
    text = context.service_request.get("input") or ""
    if len(text.encode()) > MAXIMUM_INPUT_BYTES:
        from localstack.aws.api import CommonServiceException

        raise CommonServiceException(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint:"
            f" Member must have length less than or equal to {MAXIMUM_INPUT_BYTES}",
            400,
            True,
        )


@patch(f"{ASL}.common.error_name.error_equals_decl:ErrorEqualsDecl._eval_body")
def catch_no_data_limit_by_all(original: Any, declaration: Any, env: Any) -> None:
    """Let `States.ALL` not match `States.DataLimitExceeded`.

    LocalStack: matches every error by `States.ALL`.

    AWS: catches `States.DataLimitExceeded` only by its own name.
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html

    Test: tests/parity/test_invocations.py
    test_an_answer_of_more_than_256_kb_fails_the_execution_uncaught_by_states_all
    """
    error = env.stack[-1]
    if error is not None and error.error_name == NOT_CAUGHT_BY_ALL:
        env.stack[-1] = error in declaration.error_names
    else:
        original(declaration, env)


@patch(f"{LAMBDA_TASK}:StateTaskServiceLambda._error_cause_from_client_error")
def name_lambda_refusals(original: Any, error: Any) -> tuple[str, str]:
    """Name a refusal of Lambda `Lambda.AWSLambdaException`.

    LocalStack: names it `Lambda.AccessDeniedException`.

    AWS: knows the errors of Lambda's API, and gives the others the name of all of them, as public
    reports show (awslabs/aws-deployment-framework#460).
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

    Test: tests/parity/test_invocations.py
    test_a_role_that_may_not_invoke_a_function_fails_the_task
    """
    name, cause = original(error)
    if name == "Lambda.AccessDeniedException":
        return "Lambda.AWSLambdaException", cause
    return name, cause


@patch(f"{ASL}.common.error_name.custom_error_name:CustomErrorName.__init__")
def pass_on_errors_of_the_language(original: Any, name: Any, error_name: str | None) -> None:
    """Let a Fail state, and an item of a Map, fail by an error that begins with `States.`.

    LocalStack: fails the execution with `States.Runtime` and a ValueError.

    AWS: fails it by the name that ErrorPath leads to, as of a time-out that was caught.
    https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html

    Test: tests/parity/test_states.py::test_a_caught_error_is_passed_on_by_its_own_name
    """
    name.error_name = error_name
