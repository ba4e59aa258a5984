"""The pages of batches without an environment: nothing yet, and input that is hostile."""

from typing import Any

from mailroom.console.rendering import render

SHARED: dict[str, Any] = {
    "here": "/batches",
    "json_at": "/batches.json",
    "live_at": "/batches.live",
    "token": "",
    "environment_name": "local",
    "env": "",
    "writable": True,
}
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:workflow"


def test_without_an_execution_the_page_says_how_to_start_one() -> None:
    html, blocks = render(
        "batches.html", SHARED, {"batches": [], "trouble": "", "machine": MACHINE}
    )

    assert "mailroom send" in blocks["batches"]
    assert "<table" not in html


def test_without_the_database_the_executions_are_listed_all_the_same() -> None:
    batch: dict[str, Any] = {
        "name": "<b>one</b>",
        "status": "RUNNING",
        "started": None,
        "stopped": None,
        "seconds": None,
        "types": [],
    }

    _, blocks = render(
        "batches.html", SHARED, {"batches": [batch], "trouble": "it is down", "machine": MACHINE}
    )

    assert "it is down" in blocks["database-trouble"]
    assert "&lt;b&gt;one&lt;/b&gt;" in blocks["batches"]
