"""State machines whose roles allow too little."""

import json
from collections.abc import Iterator

from mailroom_rules.actions import SERVICES, actions_of
from mailroom_rules.states import integrated_call

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.functions.permissions import lacks
from mailroom.checking.rules.messaging.queues import FUNCTION
from mailroom.checking.template.stack import Stack

# Lambda is left out: its functions are named in the template. The actions of these two are called
# like their operations.
_SERVICES = {*SERVICES, "dynamodb", "events"} - {"lambda"}


@rule(
    whole,
    id="machine-permission",
    severity=Severity.error,
    title="a state machine that may not do what its Tasks do",
    why="the Task fails with Lambda.AccessDeniedException or its like when it is first entered",
    page="step-functions/latest/dg/procedure-create-iam-role.html",
    fix="allow the state machine's role lambda:InvokeFunction on the function, and the action of "
    "every other integration",
)
def machine_permission(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.stacks:
        for machine in definitions.machines:
            principal = stack.resources.get(machine.id)
            if principal is None:
                continue
            for function in _called(machine, stack):
                if lacks(stack, principal, "lambda:InvokeFunction", function):
                    yield Problem(principal.at(), f"{machine.id} may not invoke {function}")
            if _maps(machine) and lacks(stack, principal, "states:StartExecution", machine.id):
                message = f"{machine.id} may not start the children of its Distributed Maps"
                yield Problem(principal.at(), message)
            for action in _actions(machine):
                if lacks(stack, principal, action):
                    yield Problem(principal.at(), f"{machine.id} lacks {action}")


def _called(machine: Machine, stack: Stack) -> list[str]:
    text = json.dumps([machine.definition.body, machine.substitutions])
    return [one.id for one in stack.of_type(FUNCTION) if f'"{one.id}"' in text]


def _maps(machine: Machine) -> bool:
    """Whether a Map starts executions of its own machine.

    https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    """
    processors = (state.body.get("ItemProcessor") or {} for state in machine.definition.states)
    configs = (one.get("ProcessorConfig") or {} for one in processors)
    return any(one.get("Mode") == "DISTRIBUTED" for one in configs)


def _actions(machine: Machine) -> list[str]:
    """The actions that the integrations with other services need."""
    found: set[str] = set()
    for state in machine.definition.states:
        for part in (state.body, state.body.get("ItemReader"), state.body.get("ResultWriter")):
            call = integrated_call(str((part or {}).get("Resource")))
            if call and call[0] in _SERVICES:
                found.update(actions_of(*call))
    return sorted(found)
