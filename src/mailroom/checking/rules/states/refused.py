"""What CreateStateMachine rejects: the checks are those of `mailroom_rules.states`."""

from collections.abc import Iterator

from mailroom_rules.states import CHECKS

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine
from mailroom.checking.rule import machines, rule

_TRANSITIONS = "step-functions/latest/dg/concepts-states.html"
_STRUCTURE = "step-functions/latest/dg/statemachine-structure.html"
_REFUSED = "CreateStateMachine fails with InvalidDefinition"
_SCHEMA = f"{_REFUSED} (SCHEMA_VALIDATION_FAILED)"


def _register(id: str, title: str, why: str, page: str, fix: str) -> None:
    def find(machine: Machine) -> Iterator[Problem]:
        for one in CHECKS[id](machine.definition):
            yield Problem(machine.at(one.path), one.explanation)

    rule(machines, id, Severity.error, title, why, page, fix)(find)


_register(
    "state-missing-target",
    title="a transition to a state that does not exist",
    why=f"{_REFUSED} (MISSING_TRANSITION_TARGET)",
    page=_TRANSITIONS,
    fix="name a state of the same scope, or add the state",
)
_register(
    "state-unreachable",
    title="a state that no transition leads to",
    why=f"{_REFUSED} (MISSING_TRANSITION_TARGET)",
    page=_TRANSITIONS,
    fix="add a transition to it, or delete it",
)
_register(
    "state-no-terminal",
    title="a path that never ends",
    why=f"{_REFUSED} (MISSING_END_STATE), or the execution never ends",
    page=_STRUCTURE,
    fix='give the state "Next" or "End": true, and let some state end the scope',
)
_register(
    "state-fields",
    title="a state with fields that its type does not have",
    why=_SCHEMA,
    page=_STRUCTURE,
    fix="correct the Type or the field; names are case-sensitive",
)
_register(
    "state-name",
    title="a state's name that is too long or used twice",
    why=_SCHEMA,
    page=_STRUCTURE,
    fix="give every state of the machine a name of its own of at most 80 characters",
)
_register(
    "choice-rule",
    title="a Choice rule that compares nothing, or by an unknown operator",
    why=_SCHEMA,
    page="step-functions/latest/dg/state-choice.html",
    fix="give each rule Variable, one operator and Next; And, Or and Not hold rules without Next",
)
_register(
    "state-value",
    title="a field of a state with a value that it does not take",
    why=_SCHEMA,
    page=_STRUCTURE,
    fix='write numbers without quotes and within their bounds, "End": true as a boolean, and a '
    "heartbeat shorter than the time-out",
)
_register(
    "state-jsonpath",
    title="a path that is not JSONPath, or not of the form that its field takes",
    why=f"{_REFUSED}, or the execution with States.Runtime",
    page="step-functions/latest/dg/amazon-states-language-paths.html",
    fix="begin with $ (the input) or $$ (the context object), and name one node where one is put",
)
_register(
    "state-intrinsic",
    title="a call of an intrinsic function that does not exist, or with wrong arguments",
    why=f"{_REFUSED}, or the execution with States.IntrinsicFailure",
    page="step-functions/latest/dg/intrinsic-functions.html",
    fix="correct the function's name and arguments; strings stand in single quotes",
)
_register(
    "state-template-suffix",
    title="a key with .$ without a path, or a path without .$",
    why="CreateStateMachine rejects the first (the value must be a path or a function), and "
    "passes on the second as literal text",
    page="step-functions/latest/dg/input-output-inputpath-params.html",
    fix="end the key in .$ where the value is a path or a function, and nowhere else",
)
_register(
    "state-error-handling",
    title="a Retry or Catch that Step Functions rejects or never uses",
    why=f"{_REFUSED}, or the entry never matches",
    page="step-functions/latest/dg/concepts-error-handling.html",
    fix="follow the rules for ErrorEquals and for the numbers of a retrier",
)
_register(
    "state-resource",
    title="a Task that calls what Step Functions does not know, or without what it needs",
    why=f"{_REFUSED}: the resource is not valid",
    page="step-functions/latest/dg/integrate-services.html",
    fix="take the ARN and the parameters from the integration's page",
)
