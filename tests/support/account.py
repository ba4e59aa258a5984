"""An account of AWS for tests: an environment of this machine behind what only AWS answers."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.rehearsal.emulated_account import checkout_copy

NAME = "dev"


@dataclass(frozen=True)
class Account:
    """An environment `dev` of a checkout.

    Attributes:
        project: The checkout.
        variables: With these SDKs call the environment as if it were AWS.
    """

    project: Project
    variables: dict[str, str]


@contextmanager
def account_of(environment: Environment, project: Project, folder: Path) -> Iterator[Account]:
    """A running environment as it would be seen in an account.

    The emulator's own pages, such as `/_mailroom/events` and `/_mailroom/queues`, are not there,
    and the database is not known.

    Args:
        environment: The environment that runs.
        project: Its checkout.
        folder: Where the account's checkout and state are made.
    """
    root = checkout_copy(project, folder)
    account = environment.session.client("sts").get_caller_identity()["Account"]
    config = {"region": environment.session.region_name, "account": account}
    config["stack"] = environment.stack
    lines = [f'{name} = "{value}"' for name, value in config.items()]
    (root / "infra" / "environments" / f"{NAME}.toml").write_text("\n".join(lines))
    with _gateway(environment.endpoint) as endpoint:
        variables = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        yield Account(replace(project, root=root, state=folder / "state"), variables)


@contextmanager
def _gateway(endpoint: str) -> Iterator[str]:
    """The address of a server that hands the requests of AWS's APIs on to an emulator."""
    behind = urlsplit(endpoint).netloc

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.startswith("/_"):
                self._answer(403, [], b"")
                return
            connection = http.client.HTTPConnection(behind, timeout=60)
            try:
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                self._answer(answer.status, answer.getheaders(), answer.read())
            finally:
                connection.close()

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
