"""How many connections to Postgres the functions may open at once, and what bounds them."""

import ast
import json
import re
from collections.abc import Iterator

from mailroom.checking.code.modules import reachable
from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.machines.machine import Machine
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.messaging.queues import FUNCTION, MAPPING, function_of
from mailroom.checking.template.stack import Resource, Stack

# Postgres' max_connections, less the three that are reserved for superusers and the two that
# are reserved for the owner: https://repost.aws/knowledge-center/rds-postgresql-error-connection-slots
_BUDGET = 95
# Lambda's concurrent executions in an account; an event source mapping may use all of them.
_ACCOUNT = 1000
_CONSUMERS = "ConsumersPerQueue"


@rule(
    whole,
    id="postgres-connections",
    severity=Severity.error,
    title="more concurrent consumers than Postgres accepts connections",
    why="Postgres rejects what exceeds max_connections: FATAL: sorry, too many clients already",
    page="AmazonRDS/latest/UserGuide/CHAP_Limits.html",
    fix="lower the functions' ReservedConcurrentExecutions or ConsumersPerQueue, put RDS Proxy "
    "between, or say in the template's Metadata how "
    "many there are (Mailroom: PostgresConnections: Budget)",
)
def postgres_connections(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.stacks:
        settings = (stack.template.get("Metadata") or {}).get("Mailroom") or {}
        stated = settings.get("PostgresConnections") or {}
        budget = int(stated.get("Budget", _BUDGET))
        executions = int(stated.get("ConcurrentExecutions", 1))
        parts = [
            part
            for function in stack.of_type(FUNCTION)
            if _connects(function)
            for part in _connections(stack, function, definitions.machines, executions)
        ]
        total = sum(count for count, _ in parts)
        if total > budget:
            yield Problem(
                _where(definitions, stack),
                f"{stack.target.name}: up to {total} connections "
                f"({', '.join(name for _, name in parts)}), the budget is {budget}",
            )


@rule(
    whole,
    id="concurrency-unreserved",
    severity=Severity.warning,
    title="a function with connections to a database, whose concurrency nothing bounds",
    why="each execution of the state machine invokes it: a burst takes all connections, and the "
    "concurrency of the account's other functions",
    page="lambda/latest/dg/configuration-concurrency.html",
    fix="set ReservedConcurrentExecutions to what the database has connections for",
)
def concurrency_unreserved(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.known_stacks:
        for function in stack.of_type(FUNCTION):
            called = any(_calls(machine, function.id) for machine in definitions.machines)
            bounded = function.get("ReservedConcurrentExecutions") is not None
            if called and not bounded and _connects(function):
                at = function.at()
                yield Problem(at, f"{stack.target.name}: nothing bounds {function.id}")


@rule(
    whole,
    id="database-tls",
    severity=Severity.warning,
    title="a connection to Postgres that does not verify the server's certificate",
    why="without sslmode, libpq encrypts if it can and takes any certificate: whoever answers at "
    "the address gets the password",
    page="AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html",
    fix="connect with sslmode=verify-full and sslrootcert, RDS's bundle of authorities",
)
def database_tls(definitions: Definitions) -> Iterator[Problem]:
    modules = {
        module.path: module
        for stack in definitions.known_stacks
        for function in stack.of_type(FUNCTION)
        for module in reachable(
            definitions.functions, str(function.get("Handler")).rpartition(".")[0]
        )
    }
    for path, module in modules.items():
        for call in ast.walk(module.tree):
            if isinstance(call, ast.Call) and _is_unverified(call):
                file = path.relative_to(definitions.root).as_posix()
                yield Problem(Location(file, call.lineno), "psycopg.connect without verify-full")


def _is_unverified(call: ast.Call) -> bool:
    """Whether it is a call of psycopg's connect whose options say nothing of verification."""
    name = ast.unparse(call.func)
    if name not in ("psycopg.connect", "psycopg2.connect"):
        return False
    said = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    # Options from elsewhere, and connection strings that aren't written out, may say it.
    unknown = None in said or not all(isinstance(one, ast.Constant) for one in call.args)
    return not unknown and "verify-full" not in ast.unparse(call) and "sslmode" not in said


def _connects(function: Resource) -> bool:
    variables = function.get("Environment", "Variables") or {}
    return any("DATABASE" in name for name in variables)


def _connections(
    stack: Stack, function: Resource, machines: list[Machine], executions: int
) -> Iterator[tuple[int, str]]:
    threads = int(function.number("Environment", "Variables", "CONSUMERS", default=1))
    polls = function.get("Environment", "Variables", "CONSUMPTION") != "events"
    calls = sum(_calls(machine, function.id) for machine in machines)
    each = threads if polls else 1
    reserved = function.number("ReservedConcurrentExecutions", default=_ACCOUNT)
    if calls and reserved < _ACCOUNT:
        # Mappings invoke the same environments.
        yield int(reserved) * each, f"{reserved:g} of {function.id} × {each}"
        return
    if calls:
        name = f"{calls} branches of {function.id} × {each} × {executions} executions"
        yield calls * each * executions, name
    for mapping in stack.of_type(MAPPING):
        if function_of(stack, mapping.get("FunctionName")) == function:
            most = int(mapping.number("ScalingConfig", "MaximumConcurrency", default=reserved))
            yield most, f"{most} of {mapping.id}"


def _calls(machine: Machine, function: str) -> int:
    """How many Tasks of a machine invoke a function; each branch runs beside the others."""
    names = {name for name, value in machine.substitutions.items() if function in json.dumps(value)}
    return sum(
        state.type == "Task" and any(f"${{{name}}}" in json.dumps(state.body) for name in names)
        for state in machine.definition.states
    )


def _where(definitions: Definitions, stack: Stack) -> Location:
    path = definitions.environments / f"{stack.target.name}.toml"
    if path.is_file() and re.search(rf"^{_CONSUMERS}", path.read_text(), re.MULTILINE):
        return definitions.line_of(path, _CONSUMERS)
    return stack.source.at(("Parameters", _CONSUMERS))
