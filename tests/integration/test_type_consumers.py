"""A type's own number of consumers, when the workflow reads the queues and when Lambda does."""

import psycopg

from mailroom.environments.environment import Environment
from mailroom.environments.selection import connect
from mailroom.project import Project
from tests.support.command import Command
from tests.support.own_checkout import copy as copy
from tests.support.own_checkout import mailroom as mailroom

# Each consumer has a connection of its own, and so a process of Postgres.
_ACTION = """
def act(transaction, messages):
    transaction.execute("INSERT INTO sessions SELECT pg_backend_pid() FROM pg_sleep(0.5)")
"""
_TABLE = "-- depends: {type}.0001\nCREATE TABLE IF NOT EXISTS sessions (pid integer NOT NULL);\n"
_CONSUMERS = 4


def sessions(environment: Environment) -> int:
    with psycopg.connect(environment.database) as connection:
        [[found]] = connection.execute("SELECT count(DISTINCT pid) FROM sessions").fetchall()
        return int(found)


def concurrency(environment: Environment) -> dict[str, int]:
    """The concurrency of each queue's event source mapping, by the queue's logical name."""
    mappings = environment.session.client("lambda").list_event_source_mappings()
    names = {queue.arn: name for name, queue in environment.topology.queues.items()}
    return {
        names[one["EventSourceArn"]]: one["ScalingConfig"]["MaximumConcurrency"]
        for one in mappings["EventSourceMappings"]
    }


def test_a_type_has_as_many_consumers_as_it_says(copy: Project, mailroom: Command) -> None:
    mailroom.run("types", "add", "invoice", "--field", "amount:decimal")
    folder = copy.functions / "message_types" / "invoice"
    (folder / "action.py").write_text(_ACTION.lstrip())
    (folder / "migrations" / "invoice.0002.sql").write_text(_TABLE.format(type="invoice"))
    (folder / "type.toml").write_text(
        f'[queue]\nconsumers = {_CONSUMERS}\n[grants]\nsessions = "INSERT"\n'
    )
    mailroom.run("types", "generate")
    mailroom.run("up", "-p", "ProcessConcurrency=10")
    common = {"specversion": "1.0", "source": "/tests", "type": "invoice", "data": {"amount": 1}}

    result = mailroom.send([{**common, "id": str(number)} for number in range(200)])

    assert result["invoice"]["ingested"] == 200
    assert sessions(connect(copy)) == _CONSUMERS
    mailroom.run("up", "-p", "Consumption=events")
    assert concurrency(connect(copy)) == {
        "InvoiceQueue": _CONSUMERS,
        "AlertQueue": 2,
        "NotificationQueue": 2,
    }
