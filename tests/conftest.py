"""Options that every kind of test shares."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stack",
        choices=["embedded", "compose", "attach"],
        default="embedded",
        help="what the integration tests run against: an embedded environment of their own, "
        "one of their own in containers, or the environment of this checkout that is already up",
    )
