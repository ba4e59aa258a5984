"""Who may rotate a secret, and which one has a value no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

NOT_ALLOWED = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy"
    " grants access to the principal secretsmanager.amazonaws.com."
)


@check("secretsmanager", "RotateSecret")
def refuse_function_that_may_not_rotate(context: ServiceCall) -> None:
    """Refuse to rotate a secret by a function that Secrets Manager may not invoke.

    LocalStack: invokes it without asking for a permission.

    AWS: needs `lambda:InvokeFunction` in the function's policy.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html

    Test: tests/parity/test_secrets.py
    test_a_secret_is_rotated_by_a_function_that_secrets_manager_may_invoke
    """
    from localstack.aws.api import CommonServiceException
    from localstack.aws.connect import connect_to

    request = context.service_request
    secret = _secret(context, request["SecretId"])
    function = request.get("RotationLambdaARN") or getattr(secret, "rotation_lambda_arn", None)
    if secret is None or not function:
        return
    region = function.split(":")[3] if function.startswith("arn:") else context.region
    client = connect_to(aws_access_key_id=context.account_id, region_name=region).lambda_
    client = client.request_metadata(source_arn=secret.arn, service_principal="secretsmanager")
    try:
        client.invoke(FunctionName=function, InvocationType="DryRun")
    except client.exceptions.ResourceNotFoundException:
        return
    except client.exceptions.ClientError:
        raise CommonServiceException("AccessDeniedException", NOT_ALLOWED, 400, True) from None


@check("secretsmanager", "PutSecretValue", "UpdateSecret")
def refuse_deleted_secret(context: ServiceCall) -> None:
    """Refuse a new value of a secret that is about to be deleted.

    LocalStack: puts it.

    AWS: answers InvalidRequestException.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html

    Test: tests/parity/test_values_secrets.py
    test_a_secret_that_is_about_to_be_deleted_gets_no_value
    """
    from localstack.aws.api.secretsmanager import InvalidRequestException

    secret = _secret(context, context.service_request["SecretId"])
    if secret is not None and secret.is_deleted():
        raise InvalidRequestException(
            "You can't perform this operation on the secret because it was marked for deletion."
        )


def _secret(context: ServiceCall, identifier: str) -> Any:
    from moto.secretsmanager.models import secretsmanager_backends

    return secretsmanager_backends[context.account_id][context.region].secrets.get(identifier)
