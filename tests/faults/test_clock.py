"""The function's clock is wrong: what happened when is for the database to say."""

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.code import Passage, altered
from tests.faults.run import LOAD, Run

_DOCSTRING = '"""ProcessMessagesFunction: takes'
# A day behind, and running backwards.
_CLOCK_SET_BACK = f"""
import time
_started, _clock = time.time(), time.time
time.time = lambda: 2 * _started - _clock() - 86400
{_DOCSTRING}"""


def test_a_clock_that_is_set_back_and_runs_backwards(
    run: Run, embedded: EmbeddedEnvironment
) -> None:
    """Protection: ids decide what is new, the database's clock what is late."""
    clock = Passage("process_messages/__init__.py", _DOCSTRING, _CLOCK_SET_BACK)
    with altered(embedded, "ProcessMessages", clock):
        run.start(run.events())
        [ended] = run.ended()
        verdict = run.finish()

    [(oldest,)] = run.flow.database.execute(
        "SELECT now() - min(ingested_at) < '5 minutes' FROM messages WHERE source = %s",
        [run.source],
    ).fetchall()
    assert ended.status == "SUCCEEDED"
    assert verdict.clean, verdict
    assert run.rows() == LOAD
    assert oldest
