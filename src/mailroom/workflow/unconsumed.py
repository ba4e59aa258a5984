"""Messages that wait in a queue that no function reads."""

from collections.abc import Sequence

from mailroom.environments.environment import Environment
from mailroom.wording import counted
from mailroom.workflow.queues import QueueState, queue_states


def explain_unconsumed(
    environment: Environment, states: Sequence[QueueState] | None = None
) -> list[str]:
    """Why messages wait in queues, a text for each queue; none when something reads them.

    With consumption `workflow` a queue is read only while an execution waits for messages of its
    type. A message that was published without an execution, or whose execution has ended, waits.

    Args:
        environment: The environment of the queues.
        states: The queues' states, if they are known.
    """
    topology = environment.topology
    known = queue_states(environment) if states is None else states
    waiting = [(one, topology.type_of(one.name)) for one in known if one.depth]
    waiting = [(one, type_) for one, type_ in waiting if type_]
    if not waiting or consumer_variables(environment)["CONSUMPTION"] != "workflow":
        return []
    if _executions_run(environment):
        return []
    return [
        f"{counted(one.depth, 'message')} in {one.name}, and no execution runs: with"
        " Consumption=workflow a queue is read only while one does. The next execution with a"
        f" message of type {type_} reads them too: mailroom send FILE. To read messages as they"
        " come: mailroom up -p Consumption=events"
        for one, type_ in waiting
    ]


def consumer_variables(environment: Environment) -> dict[str, str]:
    """The environment variables of ProcessMessagesFunction, as it is deployed.

    CONSUMPTION says how it gets its messages: `workflow` or `events`.
    """
    client = environment.session.client("lambda")
    name = environment.outputs["ProcessMessagesFunctionName"]
    return client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]


def _executions_run(environment: Environment) -> bool:
    client = environment.session.client("stepfunctions")
    machine = environment.outputs["MessageWorkflowArn"]
    found = client.list_executions(stateMachineArn=machine, statusFilter="RUNNING", maxResults=1)
    return bool(found["executions"])
