"""A company's proxy, which ends TLS with its own certificate authority; behind it, an index."""

import asyncio
import hashlib
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HOST = "packages.example.com"
INDEX = f"https://{HOST}/simple"
_COMMANDS = (
    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=A -keyout company.key -out company.pem",
    "req -newkey rsa:2048 -nodes -subj /CN={host} -keyout own.key -out own.csr",
    "x509 -req -in own.csr -days 2 -CA company.pem -CAkey company.key -CAcreateserial -out own.pem"
    " -extfile extensions",
)
_EXTENSIONS = f"subjectAltName=DNS:{HOST}\nbasicConstraints=critical,CA:FALSE\n"


@dataclass
class Proxy:
    """A proxy on 127.0.0.1 that answers for the index, and for no other host.

    https://packaging.python.org/en/latest/specifications/simple-repository-api/

    Attributes:
        wheels: Folder of what the index has.
        authority: The certificate of the company's authority.
        served: Each host and path that was asked for through the proxy.
    """

    wheels: Path
    authority: Path
    context: ssl.SSLContext
    served: list[str] = field(default_factory=list)
    port: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: CONNECT in plain text, then requests in TLS."""
        try:
            method, target = await _request(reader)
            if method != "CONNECT" or target != f"{HOST}:443":
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                return
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.start_tls(self.context)
            while True:
                method, target = await _request(reader)
                self.served.append(f"{HOST}{target}")
                status, kind, body = self._found(target)
                head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
                writer.write(f"{head}\r\n\r\n".encode() + (body if method == "GET" else b""))
                await writer.drain()
        except (EOFError, OSError, ValueError):
            # The caller has gone, or does not trust the certificate.
            pass
        finally:
            writer.close()

    def _found(self, path: str) -> tuple[str, str, bytes]:
        name = path.strip("/").partition("/")[2]
        file = self.wheels / name
        if path.startswith("/files/") and file.is_file():
            return "200 OK", "application/octet-stream", file.read_bytes()
        links = [
            f'<a href="/files/{one.name}#sha256={digest(one)}">{one.name}</a>'
            for one in sorted(self.wheels.glob(f"{name.replace('-', '_')}-*.whl"))
        ]
        status = "200 OK" if links else "404 Not Found"
        return status, "text/html", f"<!DOCTYPE html><body>{''.join(links)}".encode()


def digest(file: Path) -> str:
    """Its SHA-256, as a lock has it."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


async def _request(reader: asyncio.StreamReader) -> tuple[str, str]:
    """The method and the target of a request without a body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, target, _ = head.split(" ", 2)
    return method, target


def _certificates(folder: Path) -> ssl.SSLContext:
    """An authority of its own, in company.pem; a context with a certificate that it signed."""
    (folder / "extensions").write_text(_EXTENSIONS)
    for command in _COMMANDS:
        openssl = ["openssl", *command.format(host=HOST).split()]
        subprocess.run(openssl, check=True, capture_output=True, cwd=folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "own.key")
    return context


@contextmanager
def intercepting_proxy(folder: Path) -> Iterator[Proxy]:
    """A proxy that runs meanwhile; `wheels` in the folder is what its index has."""
    (folder / "wheels").mkdir()
    proxy = Proxy(folder / "wheels", folder / "company.pem", _certificates(folder))
    loop, started = asyncio.new_event_loop(), threading.Event()

    async def listen() -> None:
        server = await asyncio.start_server(proxy.answer, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        started.set()

    def run() -> None:
        loop.create_task(listen())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
