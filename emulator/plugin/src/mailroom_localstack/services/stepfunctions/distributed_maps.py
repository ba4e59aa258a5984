"""Distributed Maps: who may run one, when it fails, what its children leave."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mailroom_localstack.patches import patch
from mailroom_localstack.services.stepfunctions.state_calls import WORK

STEPS = "localstack.services.stepfunctions"
MAP = f"{STEPS}.asl.component.state.state_execution.state_map"
ITERATION = f"{MAP}.iteration"
COMPONENT = f"{ITERATION}.distributed_iteration_component:DistributedIterationComponent"
WORKER = f"{ITERATION}.itemprocessor.distributed_item_processor_worker"
GIVEN = "mailroom_given"
SUCCEEDED = "mailroom_succeeded"
THRESHOLD = "The specified tolerated failure threshold was exceeded"


@patch(f"{WORKER}:DistributedItemProcessorWorker._eval_job")
def fail_map_run(original: Any, worker: Any, env: Any, job: Any) -> None:
    """Fail a Distributed Map when more of its children fail than it tolerates.

    LocalStack: succeeds, with null in place of the output of a child that failed.

    AWS: fails the state with `States.ExceedToleratedFailureThreshold`, and starts no more children.
    https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html

    Test: tests/parity/test_distributed_maps.py
    test_a_child_that_fails_fails_the_map_and_no_more_children_start
    """
    from localstack.services.stepfunctions.asl.eval.program_state import ProgramEnded

    original(worker, env, job)
    if isinstance(env.program_state(), ProgramEnded):
        _keep_result(worker, env, job.job_output)
        return
    run = worker._map_run_record
    failed = run.item_counter.failed.get() + run.item_counter.timed_out.get()
    # 0 stands for a tolerance that the definition doesn't state, too.
    share = worker._job_pool._jobs_number * run.tolerated_failure_percentage / 100
    stated = [one for one in (run.tolerated_failure_count, share) if one]
    if failed > min(stated, default=0):
        kind = "StatesExceedToleratedFailureThreshold"
        job.job_output = _failure(env, kind, "MapRunFailed", THRESHOLD)


@patch(f"{COMPONENT}._eval_body")
def need_permission_for_children(original: Any, component: Any, env: Any) -> None:
    """Run a Distributed Map if the machine's role may start executions of the machine.

    LocalStack: starts no executions, and asks for no permission.

    AWS: starts its children with the role, which needs `states:StartExecution`.
    https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html

    Test: tests/parity/test_distributed_maps.py
    test_a_map_s_role_must_be_allowed_to_start_executions_of_its_machine
    """
    from botocore.exceptions import ClientError
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import (
        credentials,
    )
    from localstack.services.stepfunctions.asl.utils.boto_client import boto_client_for

    context = env.states.context_object.context_object_data
    machine, execution = context["StateMachine"]["Id"], context["Execution"]
    role = credentials.StateCredentials(role_arn=env.aws_execution_details.role_arn)
    client = boto_client_for("stepfunctions", machine.split(":")[3], role)
    try:
        # With the name and input of the execution that runs already, this starts none.
        client.start_execution(
            stateMachineArn=machine, name=execution["Name"], input=json.dumps(execution["Input"])
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            message = error.response["Error"]["Message"]
            raise _failure(env, "StatesRuntime", "MapRunFailed", message) from None
    original(component, env)


@patch(f"{COMPONENT}._map_run")
def know_executions_of_children(original: Any, component: Any, env: Any, eval_input: Any) -> None:
    """Know the execution that the children of a Distributed Map call a service for.

    LocalStack: keeps their histories apart, and tells the service that is called nothing.

    Why: the calls carry the execution's trace header, and `/_mailroom/events` shows them.

    Test: tests/integration/test_flow_chunks.py
    test_the_calls_of_chunks_are_told_with_their_execution
    """
    work = getattr(env.callback_pool_manager, WORK, None)
    if work:
        setattr(env.event_manager, WORK, work)
    original(component, env, eval_input)


@patch(f"{MAP}.result_writer.resource_eval.resource_eval_s3:ResourceEvalS3._handle_put_object")
def write_results(original: Any, env: Any, part: Any, credentials: Any) -> None:
    """Write what the children of a Distributed Map were given and gave.

    LocalStack: writes a manifest that names no file.

    AWS: names `SUCCEEDED_0.json`, a list of the children that succeeded.
    https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html

    Test: tests/parity/test_distributed_maps.py
    test_a_map_s_results_are_written_to_s3_with_what_each_child_was_given
    """
    from localstack.services.stepfunctions.asl.utils.boto_client import boto_client_for

    original(env, part, credentials)
    run = env.map_run_record_pool_manager.get_all().pop()
    written = env.stack[-1]["ResultWriterDetails"]
    client = boto_client_for("s3", part.region, credentials)
    bucket, manifest = written["Bucket"], written["Key"]
    key = manifest.replace("manifest.json", "SUCCEEDED_0.json")
    body = json.dumps(run.__dict__.pop(SUCCEEDED, [])).encode()
    client.put_object(Bucket=bucket, Key=key, Body=body)
    files = {"FAILED": [], "PENDING": [], "SUCCEEDED": [{"Key": key, "Size": len(body)}]}
    named = {"DestinationBucket": bucket, "MapRunArn": run.map_run_arn, "ResultFiles": files}
    client.put_object(Bucket=bucket, Key=manifest, Body=json.dumps(named).encode())


@write_results.also(f"{WORKER}:DistributedItemProcessorWorker._eval_input")
def keep_input(original: Any, worker: Any, env_frame: Any) -> None:
    """Keep what a child was given."""
    original(worker, env_frame)
    setattr(env_frame, GIVEN, (datetime.now(UTC), json.dumps(env_frame.states.get_input())))


def _keep_result(worker: Any, env: Any, output: Any) -> None:
    run, name = worker._map_run_record, str(uuid.uuid4())
    started, given = getattr(env, GIVEN)
    machine = run.map_state_machine_arn
    child = {
        "ExecutionArn": f"{machine.replace(':stateMachine:', ':execution:')}:{name}",
        "Input": given,
        "InputDetails": {"Included": True},
        "Name": name,
        "Output": json.dumps(output),
        "OutputDetails": {"Included": True},
        "StartDate": _time(started),
        "StateMachineArn": machine,
        "Status": "SUCCEEDED",
        "StopDate": _time(datetime.now(UTC)),
    }
    run.__dict__.setdefault(SUCCEEDED, []).append(child)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@patch(f"{MAP}.item_reader.item_reader_decl:ItemReader._eval_body")
def name_failed_reading(original: Any, reader: Any, env: Any) -> None:
    """Fail a Distributed Map that can't read its items with `States.ItemReaderFailed`.

    LocalStack: fails it with `States.Runtime`.

    AWS: has a name for it, as for results that can't be written: `States.ResultWriterFailed`.
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html

    Test: tests/parity/test_distributed_maps.py
    test_a_map_that_can_t_read_its_items_or_write_its_results_has_an_error_of_its_own
    """
    _named(lambda given: original(reader, given), env, "StatesItemReaderFailed")


@name_failed_reading.also(f"{MAP}.result_writer.result_writer_decl:ResultWriter._eval_body")
def name_failed_writing(original: Any, writer: Any, env: Any) -> None:
    """The same of results, of which the Parameters' paths lead into the state's input.

    LocalStack looks for them in the results.
    """
    env.stack.append(env.states.get_input())
    writer.parargs.eval(env)
    parameters = env.stack.pop()
    env.stack[-1] = parameters
    _named(writer.resource_eval.eval_resource, env, "StatesResultWriterFailed")


def _named(evaluate: Callable[[Any], None], env: Any, kind: str) -> None:
    from botocore.exceptions import ClientError

    try:
        evaluate(env)
    except ClientError as error:
        raise _failure(env, kind, "TaskFailed", str(error)) from error


def _failure(env: Any, kind: str, event: str, cause: str) -> Exception:
    """The exception of a state that fails by one of the States language's own errors."""
    from localstack.aws.api.stepfunctions import HistoryEventType
    from localstack.services.stepfunctions.asl.component.common.error_name import (
        failure_event,
        states_error_name,
        states_error_name_type,
    )

    name = states_error_name.StatesErrorName(typ=states_error_name_type.StatesErrorNameType[kind])
    details: Any = {"mapRunFailedEventDetails": {"error": name.error_name, "cause": cause}}
    exception: Exception = failure_event.FailureEventException(
        failure_event.FailureEvent(
            env=env,
            error_name=name,
            event_type=HistoryEventType[event],
            event_details=details,
        )
    )
    return exception
