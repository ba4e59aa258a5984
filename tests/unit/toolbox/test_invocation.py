"""A function that takes long is invoked once, and waited for.

A real server plays Lambda. All times are scaled to a hundredth: botocore's 60 s are 0.6 s, a
migration of 90 s takes 0.9 s, and ours of 930 s are 9.3 s.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from mailroom import invocation
from mailroom.aws.sessions import EmulatorSession
from mailroom.checking.template.source import Source
from mailroom.database.migration import migrate_database
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError

_CHECKOUT = Path(__file__).parents[3]
_ANSWER_SECONDS = invocation.ANSWER_SECONDS
_SCALE = 0.01
_MIGRATION_SECONDS = 90 * _SCALE
_DEFAULT = Config(read_timeout=60 * _SCALE, retries={"mode": "standard", "total_max_attempts": 2})


@dataclass
class Lambda:
    """What was asked of it, and where it is."""

    endpoint: str
    invocations: list[bytes] = field(default_factory=list)
    answers_after: threading.Event = field(default_factory=threading.Event)

    @property
    def environment(self) -> Environment:
        session = EmulatorSession(self.endpoint, "eu-west-3", "111122223333")
        found = Environment("dev", self.endpoint, lambda: session, "s", "")
        found.__dict__["outputs"] = {"MigrateDatabaseFunctionName": "migrate"}
        return found


@contextmanager
def _lambda(seconds: float) -> Iterator[Lambda]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            fake.invocations.append(self.rfile.read(int(self.headers["Content-Length"])))
            fake.answers_after.wait(seconds)
            body = b'{"applied": ["0001"], "role": "r"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    fake = Lambda(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield fake
    finally:
        fake.answers_after.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def slow() -> Iterator[Lambda]:
    with _lambda(_MIGRATION_SECONDS) as fake:
        yield fake


@pytest.fixture(autouse=True)
def scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invocation, "ANSWER_SECONDS", _ANSWER_SECONDS * _SCALE)


def test_a_migration_of_90_s_is_invoked_once(slow: Lambda) -> None:
    migrated = migrate_database(slow.environment)

    assert migrated == "1 migration"
    assert len(slow.invocations) == 1


def test_botocore_s_own_time_out_would_invoke_it_again(slow: Lambda) -> None:
    client = slow.environment.session.client("lambda")
    config = client.meta.config.merge(_DEFAULT)
    default = slow.environment.session.client("lambda", config=config)

    with pytest.raises(ReadTimeoutError):
        default.invoke(FunctionName="migrate", Payload=b"{}")

    assert len(slow.invocations) == 2


def test_a_function_that_never_answers_is_invoked_once() -> None:
    with _lambda(3600) as silent, pytest.MonkeyPatch.context() as patch:
        patch.setattr(invocation, "ANSWER_SECONDS", 0.2)

        with pytest.raises(MailroomError, match="has not answered"):
            migrate_database(silent.environment)

        assert len(silent.invocations) == 1


def test_the_toolbox_waits_for_longer_than_any_function_may_take() -> None:
    longest = Source.load(_CHECKOUT / "infra" / "template.yml", _CHECKOUT).plain["Resources"]
    timeouts = [one.get("Properties", {}).get("Timeout", 0) for one in longest.values()]

    assert max(timeouts) < 900 < _ANSWER_SECONDS


def test_the_toolbox_invokes_functions_nowhere_else() -> None:
    sources = (_CHECKOUT / "src" / "mailroom").rglob("*.py")

    invoking = [path.name for path in sources if ".invoke(" in path.read_text()]

    assert invoking == ["invocation.py"]
