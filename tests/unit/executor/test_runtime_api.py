"""The Runtime API speaks HTTP as a runtime does, and answers in one piece."""

import selectors
import socket
from collections.abc import Callable, Iterator

import pytest
from mailroom_localstack.executor.processes import http1
from mailroom_localstack.executor.processes.http1 import ProtocolError, RequestReader
from mailroom_localstack.executor.processes.runtime_api import ROOT, Answer, Event, RuntimeApi

EVENT = Event("id-1", "arn", b'{"a": 1}', "trace", "context")


@pytest.fixture
def selector() -> Iterator[selectors.BaseSelector]:
    with selectors.DefaultSelector() as selector:
        yield selector


@pytest.fixture
def api(selector: selectors.BaseSelector) -> Iterator[RuntimeApi]:
    api = RuntimeApi(selector)
    yield api
    api.close()


@pytest.fixture
def client(api: RuntimeApi) -> Iterator[socket.socket]:
    host, port = api.address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        yield client


@pytest.fixture
def serve(selector: selectors.BaseSelector) -> Callable[[Callable[[], object]], None]:
    """Lets the server work until a predicate holds."""

    def until(predicate: Callable[[], object]) -> None:
        for _ in range(100):
            if predicate():
                return
            for key, _events in selector.select(5):
                key.data()
        pytest.fail("the Runtime API did not get there")

    return until


Serve = Callable[[Callable[[], object]], None]


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{method} {ROOT}{path} HTTP/1.1", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_an_event_comes_in_one_packet_with_its_headers(
    api: RuntimeApi, client: socket.socket, serve: Serve
) -> None:
    client.sendall(request("GET", "invocation/next"))
    serve(lambda: api.idle)

    api.offer(EVENT, 1234)
    answer = client.recv(1 << 16)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert body == EVENT.payload
    assert set(head.decode().split("\r\n")) == {
        "HTTP/1.1 200 OK",
        f"Content-Length: {len(EVENT.payload)}",
        "Content-Type: application/json",
        "Lambda-Runtime-Aws-Request-Id: id-1",
        "Lambda-Runtime-Deadline-Ms: 1234",
        "Lambda-Runtime-Invoked-Function-Arn: arn",
        "Lambda-Runtime-Trace-Id: trace",
        "Lambda-Runtime-Client-Context: context",
    }
    assert api.delivered


def test_an_event_offered_first_is_delivered_when_asked_for(
    api: RuntimeApi, client: socket.socket, serve: Serve
) -> None:
    api.offer(EVENT, 1)
    assert not api.delivered

    client.sendall(request("GET", "invocation/next"))
    serve(lambda: api.delivered)

    assert client.recv(1 << 16).endswith(EVENT.payload)


def test_a_response_in_pieces_is_put_together(
    api: RuntimeApi, client: socket.socket, serve: Serve
) -> None:
    api.offer(EVENT, 1)
    sent = request("POST", "invocation/id-1/response", b"0123456789")

    for byte in sent:
        client.send(bytes([byte]))
    serve(lambda: api.answer)

    assert api.answer == Answer(b"0123456789")
    assert client.recv(1 << 16).startswith(b"HTTP/1.1 202 ")


def test_an_error_has_its_type(api: RuntimeApi, client: socket.socket, serve: Serve) -> None:
    api.offer(EVENT, 1)

    client.sendall(request("POST", "invocation/id-1/error", b'{"errorType": "Late"}'))
    serve(lambda: api.answer)

    assert api.answer == Answer(b'{"errorType": "Late"}', "Late")


def test_an_error_of_the_init_is_kept_apart(
    api: RuntimeApi, client: socket.socket, serve: Serve
) -> None:
    header = {"Lambda_Runtime_Function_Error_Type": "Broken"}
    client.sendall(request("POST", "init/error", b"not json", **header))
    serve(lambda: api.init_error)

    assert api.init_error == Answer(b"not json", "Broken")
    assert api.answer is None


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request("POST", "invocation/another/response"), b"400"),
        (request("POST", "invocation/another/error"), b"400"),
        (request("GET", "elsewhere"), b"404"),
        (b"GET / HTTP/1.1\r\n\r\n", b"404"),
    ],
)
def test_what_is_not_expected_is_refused(
    api: RuntimeApi, client: socket.socket, serve: Serve, sent: bytes, status: bytes
) -> None:
    api.offer(EVENT, 1)
    client.setblocking(False)
    answers: list[bytes] = []

    def answered() -> bool:
        try:
            answers.append(client.recv(1 << 16))
        except BlockingIOError:
            return False
        return True

    client.sendall(sent)
    serve(answered)

    assert answers[0].startswith(b"HTTP/1.1 " + status)
    assert api.answer is None


def test_a_client_that_waits_to_continue_is_told_to(
    api: RuntimeApi, client: socket.socket, serve: Serve
) -> None:
    api.offer(EVENT, 1)
    sent = request("POST", "invocation/id-1/response", b"body", Expect="100-continue")
    client.sendall(sent.removesuffix(b"body"))
    serve(lambda: _peek(client))
    assert client.recv(len(http1.CONTINUE)) == http1.CONTINUE

    client.sendall(b"body")
    serve(lambda: api.answer)

    assert api.answer == Answer(b"body")


def test_a_body_over_the_limit_is_counted_but_not_kept() -> None:
    reader = RequestReader(body_limit=4)
    sent = request("POST", "x", b"12345") + request("POST", "y", b"1234")

    first, second = [got for byte in sent for got in reader.feed(bytes([byte]))]

    assert (first.length, first.body) == (5, b"")
    assert (second.length, second.body) == (4, b"1234")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_what_is_not_http_is_an_error(sent: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(RequestReader(body_limit=4).feed(sent))


def _peek(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        client.settimeout(5)
