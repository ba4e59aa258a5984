"""Tasks that call an API of the AWS SDK: the names of services, and what their models say.

https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from mailroom_rules.states import (
    Definition,
    Diagnostic,
    State,
    is_required,
    not_recognized,
    sdk_call,
)

from mailroom_localstack.patches import replacement

TASK = "localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service"
# Step Functions has the names of the SDK for Java; those of botocore that differ by more than
# hyphens.
NAMES = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "config": "config",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}


@replacement(f"{TASK}.state_task_service:StateTaskService._SERVICE_NAME_SFN_TO_BOTO_OVERRIDES")
def know_services_of_the_sdk(original: dict[str, str]) -> dict[str, str]:
    """Call the services that Step Functions names otherwise than botocore.

    LocalStack: knows `sfn`, and fails a task with `aws-sdk:eventbridge` or
    `aws-sdk:cloudwatchlogs`.

    AWS: has the names of the AWS SDK for Java.
    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html

    Test: tests/parity/test_definitions.py::test_a_task_may_call_the_api_of_another_service
    """
    return NAMES | original


@know_services_of_the_sdk.also(
    f"{TASK}.state_task_service_aws_sdk:StateTaskServiceAwsSdk._normalise_service_error_name"
)
def name_errors_of_the_sdk(original: Any, service: str) -> str:
    """Name the errors of such a service as its own."""
    return str(original(service if service == "sfn" else NAMES.get(service, service)))


def unknown_calls(definition: Definition) -> Iterator[Diagnostic]:
    """Services and actions of the AWS SDK that don't exist, and required parameters that lack."""
    for state in definition.states:
        call = sdk_call(state)
        resource = str(state.body.get("Resource"))
        if call is None or "${" in resource:
            continue
        service, action = call
        path = (*state.path, "Resource")
        model = _model(service)
        if model is None or action not in model.operation_names:
            yield Diagnostic(path, not_recognized(resource))
            continue
        shape = model.operation_model(action).input_shape
        for name in _missing(state, shape):
            yield Diagnostic(path, is_required(name), place=(*state.path, "Parameters"))


def _missing(state: State, shape: Any) -> Iterator[str]:
    parameters = state.body.get("Parameters") or state.body.get("Arguments") or {}
    if shape is None or not isinstance(parameters, dict):
        return
    given = {name.removesuffix(".$").lower() for name in parameters}
    for name in shape.required_members:
        # The SDK makes up a token that is missing.
        made_up = shape.members[name].metadata.get("idempotencyToken")
        if name.lower() not in given and not made_up:
            yield name[0].upper() + name[1:]


def _model(service: str) -> Any:
    from localstack.aws.spec import get_service_catalog

    name = NAMES.get(service) or _services().get(service.replace("-", ""))
    return get_service_catalog().get(name) if name else None


@cache
def _services() -> dict[str, str]:
    from localstack.aws.spec import get_service_catalog

    return {name.replace("-", ""): name for name in get_service_catalog().service_names}
