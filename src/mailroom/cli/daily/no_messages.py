"""Says why `mailroom messages` found none, and what would fill it."""

from mailroom.cli.output import errors
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError
from mailroom.wording import did_you_mean, known_names
from mailroom.workflow.ingested import Filter, batches
from mailroom.workflow.unconsumed import explain_unconsumed

_OUTCOMES = {
    "ingested": "ingested",
    "already_there": "already there",
    "dead_lettered": "dead-lettered",
}


def explain_none(environment: Environment, selected: Filter) -> None:
    """Say why nothing was found.

    Raises:
        MailroomError: There is no such type, or no such batch.
    """
    _require_type(environment, selected.type)
    if selected.batch:
        _explain_batch(environment, selected.batch)
        return
    if selected.since or selected.until or selected.type:
        errors.print("no such message was ingested", style="dim")
    else:
        errors.print(
            "no message was ingested; send some: mailroom send samples/github-events.jsonl",
            style="dim",
        )
    for line in explain_unconsumed(environment):
        errors.print(line, markup=False)


def _require_type(environment: Environment, name: str | None) -> None:
    known = {one for each in environment.topology.subscriptions for one in each.types}
    if name and name not in known:
        raise MailroomError(
            f"there is no message type {name}", known_names(name, "types", sorted(known))
        )


def _explain_batch(environment: Environment, batch: str) -> None:
    newest, outcomes = batches(environment.database, batch)
    if outcomes:
        listed = ", ".join(f"{n} {_OUTCOMES.get(one, one)}" for one, n in outcomes.items())
        errors.print(f"no such message has a row; batch {batch}: {listed}", style="dim")
    elif _has_execution(environment, batch):
        errors.print(f"batch {batch} has ingested no message", style="dim")
    else:
        raise MailroomError(
            f"there is no batch {batch}",
            did_you_mean(batch, newest) or known_names(batch, "newest batches", newest),
        )


def _has_execution(environment: Environment, batch: str) -> bool:
    """Whether there is an execution of the batch, which has its name."""
    client = environment.session.client("stepfunctions")
    machine = environment.outputs["MessageWorkflowArn"]
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{batch}"
    try:
        client.describe_execution(executionArn=execution)
    except client.exceptions.ClientError:
        return False
    return True
