"""Translates Docker's error messages to errors with a hint."""

import re
from collections.abc import Callable

from mailroom.errors import MailroomError, PortTaken, Refused, StartFailed

_WITHOUT = "or do without containers: mailroom up"
_ENGINE = f"on Debian scripts/docker-engine.sh installs and starts one; {_WITHOUT}"


class EngineMissing(Refused):
    """No Docker engine with Compose v2 can be used here."""


class ImageMissing(Refused):
    """An image, or a package for one, is neither on this machine nor reachable by network."""


def no_command() -> EngineMissing:
    """The `docker` command itself is missing."""
    return EngineMissing("there is no docker command", f"install Docker with Compose v2: {_ENGINE}")


def diagnose(said: str, doing: str) -> MailroomError:
    """Translate an error message of Docker.

    Args:
        said: The output of the command.
        doing: The command, for an unknown error message.
    """
    for pattern, error in _KNOWN:
        found = re.search(pattern, said)
        if found:
            return error(found)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return StartFailed(f"{doing} failed", "\n".join(lines[-12:]))


def diagnose_log(log: str) -> MailroomError | None:
    """Translate the end of LocalStack's log; None when it has no known error."""
    if re.search(r"LOCALSTACK_AUTH_TOKEN|License activation failed", log):
        return Refused(
            "this LocalStack image demands an auth token",
            "set LOCALSTACK_AUTH_TOKEN, or leave LOCALSTACK_IMAGE at localstack/localstack:4.14.0, "
            "the last release that runs without one",
        )
    return None


def _no_permission(found: re.Match[str]) -> MailroomError:
    return EngineMissing(
        "the Docker engine runs, but you may not use it",
        "join the group docker and log in again: sudo usermod -aG docker $USER",
    )


def _no_engine(found: re.Match[str]) -> MailroomError:
    return EngineMissing(
        f"no Docker engine answers at {found['where']}" if found["where"] else "no engine answers",
        f"start it (Docker Desktop, or: sudo systemctl start docker); {_ENGINE}",
    )


def _no_compose(found: re.Match[str]) -> MailroomError:
    return EngineMissing(
        "this docker command has no Compose v2", f"install the Compose plugin: {_ENGINE}"
    )


def _old_compose(found: re.Match[str]) -> MailroomError:
    return EngineMissing(
        f"this Compose is too old: it does not know {found['flag']}",
        f"install Compose 2.20 or newer; {_WITHOUT}",
    )


def _port_taken(found: re.Match[str]) -> MailroomError:
    port = found["port"] or found["docker_port"]
    return PortTaken(
        f"port {port} is taken",
        "choose another: --port PORT, or MAILROOM_PORT (LocalStack) and MAILROOM_POSTGRES_PORT",
    )


def _bad_port(found: re.Match[str]) -> MailroomError:
    return Refused(f"{found['port']} is no port", "check MAILROOM_PORT, MAILROOM_POSTGRES_PORT")


def _disk_full(found: re.Match[str]) -> MailroomError:
    return StartFailed(
        "Docker's disk is full",
        "see what fills it: docker system df; free what nothing uses: docker system prune",
    )


def _no_file(found: re.Match[str]) -> MailroomError:
    return Refused(
        f"there is no Compose file: {found['file'] or 'docker-compose.yml'}",
        f"run this in a checkout of Mailroom, which has docker-compose.yml; {_WITHOUT}",
    )


def _no_image(found: re.Match[str]) -> MailroomError:
    return ImageMissing(
        "an image is missing here, and no registry can be reached",
        "connect to the network once, or build stand-ins without one: scripts/offline-images.sh",
    )


def _no_such_image(found: re.Match[str]) -> MailroomError:
    return ImageMissing(
        "the registry has no such image, or does not give it to you",
        "check LOCALSTACK_IMAGE and POSTGRES_IMAGE (.env.example), or log in: docker login",
    )


def _no_packages(found: re.Match[str]) -> MailroomError:
    return ImageMissing(
        "the image could not be built: a Python package could not be downloaded",
        f"{found[0].strip()}\nthe first build needs the package index; later ones do not",
    )


_Error = Callable[[re.Match[str]], MailroomError]

# The first match counts. Docker's messages, in the wordings of several versions.
_KNOWN: list[tuple[str, _Error]] = [
    (r"(?i)permission denied while trying to connect to the docker", _no_permission),
    (
        r"(?i)(?:cannot|failed to) connect to the docker (?:daemon|API)"
        r"(?: at (?P<where>[^\s;]*[^\s;.]))?",
        _no_engine,
    ),
    (r"unknown command: docker compose|'compose' is not a docker command", _no_compose),
    (r"unknown shorthand flag: 'p' in -p|unknown flag: --project-name", _no_compose),
    (r"unknown flag: (?P<flag>--\S+)", _old_compose),
    (
        r"listen tcp\d? \S*:(?P<port>\d+): bind: address already in use"
        r"|Bind for \S*:(?P<docker_port>\d+) failed: port is already allocated",
        _port_taken,
    ),
    (r"ports are not available: exposing port TCP \S*:(?P<port>\d+)(?P<docker_port>)", _port_taken),
    (r"(?i)invalid (?:host ?port|published port|port range)\S*:? ?(?P<port>\S+)", _bad_port),
    (r"(?i)no space left on device|disk quota exceeded", _disk_full),
    (
        r"(?m)^.*(?:Could not find a version that satisfies|No matching distribution).*$",
        _no_packages,
    ),
    (
        r"no configuration file provided: not found"
        r"|open (?P<file>\S*compose\S*\.ya?ml): no such file or directory",
        _no_file,
    ),
    (r"dial tcp|no such host|TLS handshake timeout|Client\.Timeout exceeded", _no_image),
    (
        r"manifest unknown|manifest for \S+ not found|pull access denied|: not found$",
        _no_such_image,
    ),
]
