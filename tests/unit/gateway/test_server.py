"""What LocalStack's own server does for clients, ours does too."""

import hashlib
import http.client
import json
import os
import resource
import select
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailroom.project import Project

SECONDS = 30
MEGABYTE = 1 << 20
ROOT_ONLY = pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0,
    reason="only root on Linux can become another user",
)


@contextmanager
def served() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of its own: its process, and its port."""
    interpreter = Project.find().interpreter("engine")
    with (
        # LocalStack writes its certificate there.
        tempfile.TemporaryDirectory() as home,
        subprocess.Popen(
            [interpreter, Path(__file__).with_name("echo_server.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "MAILROOM_USERS": "own",
                "FILESYSTEM_ROOT": home,
                "OVERRIDE_IN_DOCKER": "0",
            },
            text=True,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        yield process, int(process.stdout.readline())
        process.stdin.close()
        assert process.wait(SECONDS) == 0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as (_, port):
        yield port


def ask(port: int, method: str = "GET", path: str = "/", **given: Any) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request(method, path, **given)
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def exchange(port: int, sent: bytes) -> bytes:
    """Send bytes; what was received until the server ended the connection."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_a_request_arrives_as_it_was_sent(port: int) -> None:
    echoed = ask(
        port, "PUT", "/a%20b/%C3%A9?x=1&y=%2F", body=b"text", headers={"x-Amz-tArget": "T"}
    )

    assert (echoed["method"], echoed["path"]) == ("PUT", "/a b/é")
    assert echoed["query"] == "x=1&y=%2F"
    assert ["x-Amz-tArget", "T"] in echoed["headers"]
    assert echoed["digest"] == hashlib.sha256(b"text").hexdigest()


def test_a_connection_is_used_again_and_requests_may_be_sent_ahead(port: int) -> None:
    one = b"GET /one HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /two HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    answered = exchange(port, one + last)

    assert answered.count(b"HTTP/1.1 200") == 2
    assert answered.index(b'"/one"') < answered.index(b'"/two"')


def test_a_body_in_chunks_is_put_together(port: int) -> None:
    parts = [b"a" * 1000, b"b" * 70_000]

    echoed = ask(port, "POST", body=iter(parts), encode_chunked=True)

    assert echoed["digest"] == hashlib.sha256(b"".join(parts)).hexdigest()


def test_a_body_of_a_hundred_megabytes_is_taken(port: int) -> None:
    body = b"0123456789abcdef" * (100 * MEGABYTE // 16)

    echoed = ask(port, "PUT", body=body)

    assert echoed["length"] == 100 * MEGABYTE
    assert echoed["digest"] == hashlib.sha256(body).hexdigest()


def test_a_client_that_waits_to_continue_is_told_to(port: int) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.sendall(head + b"Connection: close\r\n\r\n")
        told = connection.recv(1 << 16)
        connection.sendall(b"hi")
        answered = b"".join(iter(lambda: connection.recv(1 << 16), b""))

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert b'"length": 2' in answered


def test_the_answer_to_head_has_the_length_and_no_body(port: int) -> None:
    answered = exchange(port, b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    head, body = answered.split(b"\r\n\r\n")

    assert b"Content-Length: " in head
    assert body == b""


def test_a_stream_is_sent_in_chunks_and_headers_keep_their_spelling(port: int) -> None:
    answered = exchange(
        port, b"GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )

    assert b"x-Own-Spelling: kept" in answered
    assert b"Transfer-Encoding: chunked" in answered
    assert answered.endswith(b"7\r\npart 0\n\r\n7\r\npart 1\n\r\n7\r\npart 2\n\r\n0\r\n\r\n")


def test_a_stream_to_an_old_client_ends_with_the_connection(port: int) -> None:
    answered = exchange(port, b"GET /stream HTTP/1.0\r\n\r\n")

    assert answered.endswith(b"\r\n\r\npart 0\npart 1\npart 2\n")


def test_tls_is_taken_on_the_same_port(port: int) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=SECONDS)
    connection.request("GET", "/")

    assert json.loads(connection.getresponse().read())["scheme"] == "https"
    assert ask(port)["scheme"] == "http"
    connection.close()


def test_what_is_not_http_is_refused(port: int) -> None:
    assert exchange(port, b"good morning\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_two_hundred_requests_wait_at_once_and_others_are_answered(port: int) -> None:
    with ThreadPoolExecutor(200) as pool:
        waiting = [pool.submit(ask, port, "GET", "/wait") for _ in range(200)]
        beside = ask(port, "GET", "/beside")
        still = [one for one in waiting if not one.done()]
        ask(port, "POST", "/release")
        answers = [one.result(SECONDS)["path"] for one in waiting]

    assert beside["path"] == "/beside"
    assert len(still) == 200
    assert answers == ["/wait"] * 200


def test_a_stop_ends_idle_connections() -> None:
    with served() as (server, port), socket.create_connection(("127.0.0.1", port)) as idle:
        idle.settimeout(SECONDS)
        idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(1 << 16).startswith(b"HTTP/1.1 200")
        assert server.stdin
        server.stdin.close()

        assert idle.recv(1) == b""
        assert server.wait(SECONDS) == 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4566", "[::1]:4566", "localhost", "x.s3.localhost.localstack.cloud:4566"]
)
def test_a_name_of_this_machine_is_answered(port: int, host: str) -> None:
    assert ask(port, headers={"Host": host})["path"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4566", "localhost.evil.example"])
def test_a_page_whose_name_resolves_to_this_machine_reads_nothing(port: int, host: str) -> None:
    answered = exchange(port, f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    assert answered.startswith(b"HTTP/1.1 403 ")
    assert b"MAILROOM_HOSTS" in answered


@ROOT_ONLY
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_another_user_of_the_machine_gets_no_answer(port: int, family: str) -> None:
    address = "127.0.0.1" if family == "AF_INET" else "::ffff:127.0.0.1"
    script = f"""
import os, socket
os.setuid(65534)
connection = socket.socket(socket.{family})
connection.settimeout({SECONDS})
connection.connect(("{address}", {port}))
try:
    connection.sendall(b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
    print(connection.recv(100).decode() or "no answer")
except ConnectionError:
    print("no answer")
"""
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert other.stdout == "no answer\n", other.stderr
    assert ask(port)["path"] == "/"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has limits of another process")
def test_a_server_that_has_no_file_left_goes_on_when_it_has() -> None:
    with served() as (process, port):
        limits = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        with socket.create_connection(("127.0.0.1", port), SECONDS) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert not select.select([client], [], [], 0.5)[0]

            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, limits)

            assert client.recv(12) == b"HTTP/1.1 200"
