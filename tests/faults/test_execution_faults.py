"""Executions are stopped, or share their queues."""

from tests.faults.run import LOAD, Run
from tests.support.flow import until


def test_an_execution_is_stopped_and_its_batch_sent_again(run: Run) -> None:
    """Protection: ids, not executions, decide; what the first one left, the second one finds."""
    events = run.events()
    execution = run.start(events)
    until(lambda: run.rows() > 0, "the first rows")
    run.stop(execution)
    run.start(events)

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == LOAD


def test_two_executions_share_the_queues(run: Run) -> None:
    """Protection: a batch is settled in Postgres, by any execution that received its messages."""
    run.start(run.events())
    run.start(run.events())

    ended = run.ended()
    verdict = run.finish()

    assert [one.status for one in ended] == ["SUCCEEDED", "SUCCEEDED"]
    assert verdict.clean, verdict
    assert run.rows() == 2 * LOAD
