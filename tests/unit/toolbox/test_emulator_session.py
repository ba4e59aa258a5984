import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest

from mailroom.aws.sessions import EmulatorSession
from mailroom.errors import NoAnswer
from mailroom.local_http import get_json


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"path": self.path}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body if self.path == "/json" else b"<html>")

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    """URL of a server on this machine."""
    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of a user who works with AWS from behind a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "there-is-no-such-profile")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")


@pytest.mark.usefixtures("hostile")
def test_a_client_talks_to_the_emulator_whatever_the_user_has_set(server: str) -> None:
    client = EmulatorSession(server, "us-east-1", "000000000000").client("secretsmanager")

    assert client.list_secrets()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert client.meta.region_name == "us-east-1"


def test_a_client_signs_and_calls_as_that_of_boto3(server: str) -> None:
    ours = EmulatorSession(server, "eu-west-3", "111122223333")
    theirs = boto3.Session("111122223333", "test", region_name="eu-west-3")

    for service in ("cloudformation", "iam", "lambda", "logs", "s3", "sns", "sqs", "stepfunctions"):
        client, other = ours.client(service), theirs.client(service, endpoint_url=server)
        assert set(dir(client)) == set(dir(other))
        assert _signing(client) == _signing(other)


def _signing(client: Any) -> tuple[Any, ...]:
    signer, credentials = client._request_signer, client._get_credentials()
    keys = (credentials.access_key, credentials.secret_key)
    return (client.meta.endpoint_url, signer.signing_name, signer.signature_version, *keys)


def test_of_a_session_whatever_else_boto3_has_can_be_asked(server: str) -> None:
    session = EmulatorSession(server, "eu-west-3", "111122223333")

    assert session.region_name == "eu-west-3"
    assert session.get_credentials().access_key == "111122223333"
    assert session.get_partition_for_region("cn-north-1") == "aws-cn"


@pytest.mark.usefixtures("hostile")
def test_json_is_read_past_every_proxy(server: str) -> None:
    assert get_json(f"{server}/json") == {"path": "/json"}


@pytest.mark.parametrize("url", ["{server}/html", "http://127.0.0.1:9/"])
def test_what_is_no_json_or_no_answer_is_named(server: str, url: str) -> None:
    with pytest.raises(NoAnswer, match="did not answer"):
        get_json(url.format(server=server))
