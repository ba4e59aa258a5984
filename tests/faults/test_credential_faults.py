"""The functions can't log in, or read a secret that leads nowhere."""

import secrets

import pytest

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.processes import FunctionProcesses
from tests.faults.run import LOAD, Run
from tests.support.flow import until
from tests.support.ingestion_role import IngestionRole


def test_credentials_are_rotated_mid_flow(
    run: Run, embedded: EmbeddedEnvironment, role: IngestionRole, processes: FunctionProcesses
) -> None:
    """Protection: a refused login reads the secret again; none receives without a session."""
    log, password = embedded.project.logs / "postgres.log", secrets.token_urlsafe()
    run.start(run.events())
    run.until_rows(20)
    before, at_work = role.refusals(log), processes.with_sessions(role.name)

    with role.other_password(password):
        until(lambda: role.refusals(log) > before + 1, "the old password to be refused")
        until(lambda: len(run.messages()) + run.rows() >= LOAD, "the whole load to be published")
        received = [message["received"] for message in run.messages()]
        with role.other_secret(password=password):
            verdict = run.finish()
            back = processes.with_sessions(role.name)

    assert at_work
    assert at_work <= back
    assert max(received) <= 1
    assert received.count(1) <= 4 * 10
    assert verdict.clean, verdict
    assert run.rows() == LOAD


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"password": None}, "InvalidSecret"),
        ({"port": "five"}, "InvalidSecret"),
        ({"dbname": "postgres"}, "DatabaseMisconfigured"),
        ({"dbname": "nowhere"}, "DatabaseMisconfigured"),
    ],
    ids=["incomplete", "malformed", "another database", "no database"],
)
def test_a_secret_that_is_wrong(
    run: Run, role: IngestionRole, processes: FunctionProcesses, wrong: dict[str, str], error: str
) -> None:
    """Protection: nothing is received before there is a session, so nothing can die of it."""
    with role.other_secret(**wrong):
        processes.forget()
        run.start(run.events())
        [ended] = run.ended()
        received = {message["received"] for message in run.messages()}
    processes.forget()
    verdict = run.finish()

    assert ended.error == error
    assert received == {0}
    assert verdict.clean, verdict
    assert run.rows() == LOAD
