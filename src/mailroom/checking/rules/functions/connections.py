"""How many connections to Postgres the functions may open at once, and what bounds them."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.machines.machine import Machine
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.functions.calls import modules_of
from mailroom.checking.rules.messaging.queues import FUNCTION, MAPPING, function_of
from mailroom.checking.template.source import Source
from mailroom.checking.template.stack import Resource, Stack

# Postgres' max_connections where nothing else is known, and those of it that are reserved: three
# for superusers, two for the owner, see
# https://repost.aws/knowledge-center/rds-postgresql-error-connection-slots
_CONNECTIONS = 100
_RESERVED = 5
# What Aurora Serverless v2 sets max_connections to, by the cluster's MaxCapacity:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
_BY_CAPACITY = {1: 189, 4: 823, 8: 1669, 16: 3360, 32: 5000}
# Its highest value while MinCapacity is below 1.
_OF_SMALL = 2000
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
    fix="lower the functions' ReservedConcurrentExecutions, ConsumersPerQueue or a type's "
    "consumers, put RDS Proxy between, or say in the template's Metadata how many there are "
    "(Mailroom: PostgresConnections: Budget)",
)
def postgres_connections(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.stacks:
        settings = (stack.template.get("Metadata") or {}).get("Mailroom") or {}
        stated = settings.get("PostgresConnections") or {}
        budget = int(stated.get("Budget", accepted_connections(definitions, stack)))
        executions = int(stated.get("ConcurrentExecutions", 1))
        parts = list(_parts(definitions, stack, executions))
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
    why="without sslmode, libpq encrypts if it can and takes any certificate: any server that "
    "answers at the address gets the password",
    page="AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html",
    fix="connect with sslmode=verify-full and sslrootcert, RDS's bundle of authorities",
)
def database_tls(definitions: Definitions) -> Iterator[Problem]:
    for module in modules_of(definitions):
        for call in ast.walk(module.tree):
            if isinstance(call, ast.Call) and _is_unverified(call):
                at = definitions.location(module.path, call.lineno)
                yield Problem(at, "psycopg.connect without verify-full")


def _is_unverified(call: ast.Call) -> bool:
    """Whether it is a call of psycopg's connect whose options say nothing of verification."""
    name = ast.unparse(call.func)
    if name not in ("psycopg.connect", "psycopg2.connect"):
        return False
    said = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    # Options from elsewhere, and connection strings that aren't written out, may say it.
    unknown = None in said or not all(isinstance(one, ast.Constant) for one in call.args)
    return not unknown and "verify-full" not in ast.unparse(call) and "sslmode" not in said


def opened_connections(definitions: Definitions, stack: Stack) -> int:
    """How many connections one execution of each state machine may open at once, at most."""
    return sum(count for count, _ in _parts(definitions, stack, 1))


def accepted_connections(definitions: Definitions, stack: Stack) -> int:
    """How many connections the database of an environment leaves to the functions.

    That of infra/database.yml is known by its capacity, another one is taken for Postgres' default.
    """
    file = definitions.path.with_name("database.yml")
    if not stack.target.database or not file.is_file():
        return _CONNECTIONS - _RESERVED
    parameters = Source.load(file, definitions.root).plain.get("Parameters", {})
    most, least = (
        float(parameters.get(name, {}).get("Default", 1))
        for name in ("MaximumCapacity", "MinimumCapacity")
    )
    known = max((one for one in _BY_CAPACITY if one <= most), default=1)
    return min(_BY_CAPACITY[known], _OF_SMALL if least < 1 else _BY_CAPACITY[known]) - _RESERVED


def _parts(definitions: Definitions, stack: Stack, executions: int) -> Iterator[tuple[int, str]]:
    for function in stack.of_type(FUNCTION):
        if _connects(function):
            yield from _connections(stack, function, definitions.machines, executions)


def _connects(function: Resource) -> bool:
    variables = function.get("Environment", "Variables") or {}
    return any("DATABASE" in name for name in variables)


def _connections(
    stack: Stack, function: Resource, machines: list[Machine], executions: int
) -> Iterator[tuple[int, str]]:
    calls = _consumers(stack, function, machines)
    reserved = function.number("ReservedConcurrentExecutions", default=_ACCOUNT)
    if calls and reserved < _ACCOUNT:
        # Mappings invoke the same environments, and each may serve the branch with most consumers.
        yield int(reserved) * max(calls), f"{reserved:g} of {function.id} × {max(calls)}"
        return
    if calls:
        each = " + ".join(f"{calls.count(n)} × {n}" for n in sorted(set(calls)))
        name = f"branches of {function.id}, {each}, × {executions} executions"
        yield sum(calls) * executions, name
    mappings = [
        int(one.number("ScalingConfig", "MaximumConcurrency", default=reserved))
        for one in stack.of_type(MAPPING)
        if function_of(stack, one.get("FunctionName")) == function
    ]
    if mappings:
        yield sum(mappings), f"{sum(mappings)} of {len(mappings)} event source mappings"


def most_consumers(definitions: Definitions, stack: Stack, function: str) -> int:
    """How many messages' batches one environment of a function may process at once."""
    return max(_consumers(stack, stack.resources[function], definitions.machines), default=1)


def _consumers(stack: Stack, function: Resource, machines: list[Machine]) -> list[int]:
    """The concurrent consumers of each Task that invokes a function."""
    threads = int(function.number("Environment", "Variables", "CONSUMERS", default=1))
    polls = function.get("Environment", "Variables", "CONSUMPTION") != "events"
    calls = [one for machine in machines for one in _calls(machine, function.id)]
    return [_own_consumers(one) or threads if polls else 1 for one in calls]


def _own_consumers(task: dict[str, Any]) -> int | None:
    payload = task.get("Parameters", {}).get("Payload", {})
    return payload.get("consumers") if isinstance(payload, dict) else None


def _calls(machine: Machine, function: str) -> list[dict[str, Any]]:
    """The Tasks of a machine that invoke a function; each branch runs beside the others."""
    names = {name for name, value in machine.substitutions.items() if function in json.dumps(value)}
    return [
        state.body
        for state in machine.definition.states
        if state.type == "Task" and any(f"${{{name}}}" in json.dumps(state.body) for name in names)
    ]


def _where(definitions: Definitions, stack: Stack) -> Location:
    path = definitions.environments / f"{stack.target.name}.toml"
    if path.is_file() and re.search(rf"^{_CONSUMERS}", path.read_text(), re.MULTILINE):
        return definitions.line_of(path, _CONSUMERS)
    return stack.source.at(("Parameters", _CONSUMERS))
