"""Postgres is frozen, killed or restarted in the middle of the load."""

import signal
import time
from collections.abc import Iterator

import pytest

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.postgres import Postgres
from tests.faults.processes import FunctionProcesses
from tests.faults.run import LOAD, Run
from tests.support.flow import until
from tests.support.locks import locked


@pytest.fixture
def postgres(embedded: EmbeddedEnvironment) -> Iterator[Postgres]:
    """The server; at the end it runs, whatever was done to it."""
    server = Postgres(embedded)
    yield server
    if not (embedded.state and embedded.state.runs()):
        server.start()


def test_it_stops_for_ten_seconds_in_mid_transaction(
    run: Run, postgres: Postgres, processes: FunctionProcesses, environment_dsn: str
) -> None:
    """Protection: functions wait and receive nothing more; what they hold stays theirs."""
    with locked(environment_dsn, "LOCK TABLE messages IN SHARE MODE"):
        run.start(run.events())
        until(lambda: processes.in_transaction() is not None, "a function in its transaction")
        frozen = [postgres.process, *postgres.process.children(recursive=True)]
        for process in frozen:
            process.suspend()
        since = time.monotonic()
        until(lambda: time.monotonic() - since > 10, "ten seconds")
        received = [message["received"] for message in run.messages()]
        for process in frozen:
            process.resume()

    verdict = run.finish()

    assert max(received) == 1
    assert sum(received) <= 4 * 10
    assert verdict.clean, verdict
    assert run.rows() == LOAD


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "restarted"])
def test_it_goes_down_and_comes_back(run: Run, postgres: Postgres, number: int) -> None:
    """Protection: what was not committed is not deleted; sessions are opened anew."""
    run.start(run.events())
    run.until_rows(20)

    postgres.end(number)
    postgres.start()
    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == LOAD
