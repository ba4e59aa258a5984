"""What a number of messages made an environment do: what AWS bills, counted by the emulator."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from mailroom.environments.environment import Environment
from mailroom.errors import NoAnswer
from mailroom.observation.events import read_counters

DEFAULTS = Path(__file__).with_name("measured.json")
# Where a run leaves what it has counted, in `Project.state`.
LAST_RUN = Path("load", "last.json")
# Fewer messages say little: what an execution costs once is spread over them.
FEWEST = 1_000
# Services whose requests AWS bills by themselves.
_SERVICES = ("sns", "sqs", "s3", "secretsmanager")
# What producers call.
_OF_CLIENTS = (
    "s3:PutObject",
    "s3:CreateMultipartUpload",
    "s3:UploadPart",
    "s3:CompleteMultipartUpload",
)
# The migration runs at a deployment, not for messages.
_FUNCTIONS = ("publish_messages", "process_messages")

# What is counted of a function: the first at the end of an edge, the others at its beginning.
_KINDS = ("invocation", "billed-ms", "log-bytes")

Edge = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class FunctionUse:
    """What one function did: invocations, billed milliseconds, bytes of log as AWS bills them."""

    invocations: int
    billed_ms: int
    log_bytes: int


@dataclass(frozen=True)
class DatabaseUse:
    """What Postgres did, for each message.

    Attributes:
        cpu_ms: Milliseconds of CPU.
        wal_bytes: Bytes of write-ahead log.
        row_bytes: Bytes of tables and indexes, without the message itself.
    """

    cpu_ms: float
    wal_bytes: float
    row_bytes: float


@dataclass(frozen=True)
class Measured:
    """What was counted.

    Attributes:
        source: What it was counted in, for people.
        messages: How many messages were published.
        transitions: State transitions.
        calls: By service and operation, as `sns:PublishBatch`.
        functions: By short name.
        database: None when it wasn't measured.
    """

    source: str
    messages: int
    transitions: int
    calls: dict[str, int]
    functions: dict[str, FunctionUse]
    database: DatabaseUse | None = field(default=None)

    @classmethod
    def load(cls, file: Path) -> Self:
        """What a file of `save` has."""
        document = json.loads(file.read_text())
        functions = {name: FunctionUse(**one) for name, one in document["functions"].items()}
        database = document["database"] and DatabaseUse(**document["database"])
        return cls(**document | {"functions": functions, "database": database})

    def save(self, file: Path) -> None:
        """Write it as JSON."""
        file.write_text(f"{json.dumps(asdict(self), indent=1)}\n")


def read_edges(environment: Environment) -> Counter[Edge]:
    """What went along each edge since the emulator started.

    Raises:
        NoAnswer: It doesn't answer.
    """
    edges = read_counters(environment.endpoint)["edges"]
    return Counter({(one["kind"], one["from"], one["to"]): one["count"] for one in edges})


def measure(
    environment: Environment, edges: Mapping[Edge, int], source: str, database: DatabaseUse | None
) -> Measured:
    """What is billed of what was counted.

    SNS's calls of SQS, by which it delivers, are not: AWS bills neither for those.

    Args:
        environment: The environment in which it was counted.
        edges: What went along each edge.
        source: What it was counted in, for people.
        database: What the database did.
    """
    topology = environment.topology
    names = {short: topology.functions[short] for short in _FUNCTIONS}
    own = {*environment.state_machines, *names.values()}
    calls: Counter[str] = Counter()
    use: Counter[tuple[str, str]] = Counter()
    transitions = messages = 0
    for (kind, begin, end), count in edges.items():
        # Functions are known by name, state machines by ARN.
        caller, called = _name(begin), _name(end)
        if kind == "publish" and end in topology.topics:
            messages += count
        elif kind == "transition" and caller in own:
            transitions += count
        elif kind == "call" and (end in _OF_CLIENTS if begin == "client" else _is_billed(end)):
            calls[str(end)] += count if begin == "client" or caller in own else 0
        elif kind in _KINDS:
            use[kind, called if kind == _KINDS[0] else caller] += count
    functions = {
        short: FunctionUse(*(use[kind, name] for kind in _KINDS)) for short, name in names.items()
    }
    used = {name: count for name, count in sorted(calls.items()) if count}
    return Measured(source, messages, transitions, used, functions, database)


def _is_billed(call: str | None) -> bool:
    return str(call).partition(":")[0] in _SERVICES


def _name(arn: str | None) -> str:
    """A function's name in its ARN; any other ARN is its own name."""
    return str(arn).rpartition(":function:")[2]


def last_measured(environment: Environment | None, state: Path) -> Measured:
    """What the environment that is up has counted, else the last run, else the defaults.

    Args:
        environment: None when none is up.
        state: `Project.state`.
    """
    file = state / LAST_RUN
    last = Measured.load(file if file.is_file() else DEFAULTS)
    if environment is not None:
        try:
            edges = read_edges(environment)
        except NoAnswer:
            edges = Counter()
        source = f"what {environment.endpoint} has counted since LocalStack started"
        found = measure(environment, edges, source, last.database)
        if found.messages >= FEWEST:
            return found
    return last
