"""A function's process that is killed with -9, at each place where it hurts."""

import pytest

from tests.faults.processes import FunctionProcesses
from tests.faults.proxy import Proxy
from tests.faults.run import Run
from tests.support.flow import until
from tests.support.locks import locked

pytestmark = pytest.mark.usefixtures("soon_visible")


def test_before_its_commit(run: Run, processes: FunctionProcesses) -> None:
    """Protection: a message is deleted from its queue after the commit, never before."""
    with locked(run.flow.environment.database, "LOCK TABLE messages IN SHARE MODE"):
        run.start(run.events())
        until(lambda: processes.in_transaction() is not None, "a function in its transaction")
        victim = processes.in_transaction()
        assert victim
        victim.kill()
        rows = run.rows()

    verdict = run.finish()

    assert rows == 0
    assert verdict.clean, verdict
    assert verdict.acknowledged == 500


def test_after_its_commit_and_before_it_deletes_the_messages(
    run: Run, processes: FunctionProcesses, proxy: Proxy
) -> None:
    """Protection: the inbox. What is delivered again is there already, and makes no second row."""
    proxy.at_commit(lambda session: processes.with_session(session.client_port).kill())
    run.start(run.events())

    until(lambda: proxy.withheld == 1, "a function that has committed")
    committed = run.rows()
    verdict = run.finish()

    assert committed >= 1
    assert verdict.clean, verdict


def test_half_way_through_its_batches_at_publish(run: Run, processes: FunctionProcesses) -> None:
    """Protection: a publish that is retried sends the same ids, and the inbox takes each once."""
    execution = run.start(run.events(1500))
    until(lambda: len(run.messages()) > 100, "the first batches on the queues")
    [victim] = processes.at_work()
    victim.suspend()
    published = len(run.messages())
    victim.kill()

    verdict = run.finish()

    assert 0 < published < 1500
    assert run.has_published(execution)
    assert verdict.clean, verdict
