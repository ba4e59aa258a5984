"""TLS to the database: libpq verifies RDS's certificate, and the parameter decides for others."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shared.errors import MissingAuthority, MissingSetting
from shared.tls import AUTHORITIES, tls_options

RDS = "mailroom.cluster-1a2b.eu-central-1.rds.amazonaws.com"
# https://www.postgresql.org/docs/current/protocol-message-formats.html
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for RDS's name that no authority has signed, with its key."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    names = ["-subj", f"/CN={RDS}", "-addext", f"subjectAltName=DNS:{RDS}"]
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*new, *names, "-keyout", file.with_suffix(".key"), "-out", file],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + file.with_suffix(".key").read_text())
    return file


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    """The port of a server that speaks TLS as Postgres does, and then says nothing more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    try:
                        assert connection.recv(8) == SSL_REQUEST
                        connection.sendall(b"S")
                        with context.wrap_socket(connection, server_side=True) as secured:
                            secured.recv(1)
                    except (OSError, AssertionError):
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def refusal(host: str, port: int, options: dict[str, str]) -> str:
    where = f"host={host} hostaddr=127.0.0.1 port={port} user=u connect_timeout=5"
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(make_conninfo(where, **options))
    return str(caught.value)


def test_a_server_that_only_says_that_it_is_rds_is_refused(port: int) -> None:
    assert "certificate verify failed" in refusal(RDS, port, tls_options(RDS))


def test_a_certificate_for_another_host_is_refused(port: int, certificate: Path) -> None:
    options = tls_options(f"other-{RDS}") | {"sslrootcert": str(certificate)}

    assert "does not match host name" in refusal(f"other-{RDS}", port, options)


def test_another_host_s_certificate_is_verified_if_the_parameter_says_so(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_SSL_MODE", "prefer")
    assert "certificate" not in refusal("database.example.com", port, tls_options("database"))
    monkeypatch.setenv("DATABASE_SSL_MODE", "verify-full")
    assert "certificate verify failed" in refusal(
        "database.example.com", port, tls_options("database.example.com")
    )
    monkeypatch.delenv("DATABASE_SSL_MODE")
    with pytest.raises(MissingSetting, match="DATABASE_SSL_MODE"):
        tls_options("database.example.com")


@pytest.mark.parametrize("file", sorted(AUTHORITIES.glob("*.pem")), ids=lambda file: file.stem)
def test_a_region_has_the_authorities_of_rds_that_have_not_expired(file: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)

    loaded = context.get_ca_certs()
    assert sum(f"Amazon RDS {file.stem} Root CA" in str(one["subject"]) for one in loaded) == 3
    assert all(one["subject"] == one["issuer"] for one in loaded)
    expiries = [ssl.cert_time_to_seconds(str(one["notAfter"])) for one in loaded]
    assert min(expiries) > ssl.cert_time_to_seconds("Jan 1 00:00:00 2029 GMT")


def test_a_region_without_authorities_is_named() -> None:
    with pytest.raises(MissingAuthority, match="xx-nowhere-1"):
        tls_options("mailroom.cluster-1a2b.xx-nowhere-1.rds.amazonaws.com")
