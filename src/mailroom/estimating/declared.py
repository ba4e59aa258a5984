"""What the definitions declare that AWS bills by the month, or that bounds a rate."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mailroom.checking.reading import load_beside, load_definitions
from mailroom.checking.rules.functions.connections import (
    accepted_connections,
    most_consumers,
)
from mailroom.checking.template.stack import Stack, values_of
from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.wording import known_names

# Of a month.
HOURS = 730
# Of a Distributed Map without MaxConcurrency.
# https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
_MOST_CHILDREN = 10_000
_DATABASE = "database.yml"
_FUNCTIONS = {
    "publish_messages": "PublishMessagesFunction",
    "process_messages": "ProcessMessagesFunction",
}


@dataclass(frozen=True)
class DeclaredFunction:
    """Memory in MB, and how many run at once at most: its reserved concurrency, if it has one."""

    memory: int
    concurrency: int | None


@dataclass(frozen=True)
class Declared:
    """What one environment's stacks consist of.

    Attributes:
        region: AWS's region.
        architecture: `x86_64` or `arm64`.
        functions: By the functions' short names.
        chunks: How many chunks of one batch are published at once.
        queues: How many queues a function reads.
        events: Whether event source mappings read them.
        consumers: Consumers of each queue at once, in one invocation.
        batch_size: Most messages of one batch of a consumer.
        alarms: How many alarms there are.
        secrets: How many secrets, the database's own included.
        retention_days: How long MessagesBucket keeps a batch.
        endpoint_hours: Hours of interface endpoints in a month, each zone by itself.
        minimum_capacity: Aurora's, in ACUs.
        maximum_capacity: Aurora's, in ACUs.
        connections: How many the database leaves to the functions.
    """

    region: str
    architecture: str
    functions: dict[str, DeclaredFunction]
    chunks: int
    queues: int
    events: bool
    consumers: int
    batch_size: int
    alarms: int
    secrets: int
    retention_days: float
    endpoint_hours: float
    minimum_capacity: float
    maximum_capacity: float
    connections: int


def read_declared(
    project: Project, name: str, parameters: Mapping[str, str] | None = None
) -> Declared:
    """What the definitions declare for an environment, with the database of infra/database.yml.

    Args:
        project: The checkout.
        name: The environment's name.
        parameters: Template parameters that are deployed, if they are known.

    Raises:
        Refused: There is no such environment, or a file is malformed.
    """
    definitions = load_definitions(project)
    stacks = {one.target.name: one for one in definitions.known_stacks}
    if name not in stacks:
        raise Refused(f"there is no environment {name}", known_names(name, "environments", stacks))
    config = stacks[name].target
    target = replace(config, parameters={**config.parameters, **(parameters or {})})
    values = values_of(stacks[name].template, target)
    stack = replace(stacks[name], target=target, values=values)
    database = _database(project, target)
    capacities = database.values
    mappings = list(stack.of_type("AWS::Lambda::EventSourceMapping"))
    alarms = "AWS::CloudWatch::Alarm"
    with_database = replace(stack, target=replace(target, database=_DATABASE))
    return Declared(
        region=target.region,
        architecture=str(values["Architecture"]),
        functions={
            short: DeclaredFunction(
                int(stack.resources[id].number("MemorySize", default=128)),
                _reserved(stack.resources[id].get("ReservedConcurrentExecutions")),
            )
            for short, id in _FUNCTIONS.items()
        },
        chunks=min(
            (
                int(state["MaxConcurrency"])
                for machine in definitions.machines
                for state in machine.definition.body["States"].values()
                if state.get("MaxConcurrency")
            ),
            default=_MOST_CHILDREN,
        ),
        queues=sum(1 for one in stack.of_type("AWS::SQS::Queue") if one.get("RedrivePolicy")),
        events=bool(mappings),
        consumers=most_consumers(definitions, stack, _FUNCTIONS["process_messages"]),
        batch_size=max((int(one.number("BatchSize", default=10)) for one in mappings), default=10),
        alarms=sum(1 for each in (stack, database) for _ in each.of_type(alarms)),
        secrets=1 + sum(1 for _ in stack.of_type("AWS::SecretsManager::Secret")),
        retention_days=float(values["BatchRetentionDays"]),
        endpoint_hours=HOURS
        * sum(
            len(one.get("SubnetIds"))
            for one in database.of_type("AWS::EC2::VPCEndpoint")
            if one.get("VpcEndpointType") == "Interface"
        ),
        minimum_capacity=float(capacities["MinimumCapacity"]),
        maximum_capacity=float(capacities["MaximumCapacity"]),
        connections=accepted_connections(definitions, with_database),
    )


def _database(project: Project, target: EnvironmentConfig) -> Stack:
    """infra/database.yml with the environment's parameters of it."""
    for definitions in load_beside(project):
        if definitions.path.name == _DATABASE:
            [stack] = definitions.known_stacks
            return replace(stack, values={**stack.values, **target.database_parameters})
    raise Refused(f"there is no infra/{_DATABASE}")


def _reserved(value: Any) -> int | None:
    return None if value is None else int(value)
