"""HTTP requests to this machine, which ignore proxy settings."""

import http.client
import json
import urllib.request
from functools import cache
from typing import Any
from urllib.error import HTTPError

from mailroom.errors import NoAnswer


def get_json(url: str, seconds: float = 10) -> Any:
    """The JSON document at a URL.

    Args:
        url: The URL.
        seconds: How long to wait for the answer.

    Raises:
        NoAnswer: There is no answer, or it is not JSON.
    """
    try:
        request = urllib.request.Request(url, headers={"Accept": "application/json"})
        with _opener().open(request, timeout=seconds) as answer:
            return json.load(answer)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"{url} did not answer: {error}") from error


def localstack_version(endpoint: str) -> str | None:
    """LocalStack's version by its health page; None when that doesn't answer."""
    try:
        health = get_json(f"{endpoint}/_localstack/health")
    except NoAnswer:
        return None
    return health.get("version") if "services" in health else None


def send(method: str, url: str, document: Any = None) -> tuple[int, str]:
    """Send a request with a JSON document, or without a body; returns status and text.

    Raises:
        NoAnswer: There is no answer.
    """
    body = None if document is None else json.dumps(document).encode()
    try:
        request = urllib.request.Request(url, body, method=method)
        with _opener().open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{url} did not answer: {error}") from error


@cache
def _opener() -> urllib.request.OpenerDirector:
    # It reads the machine's certificates, which takes longer than most requests.
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
