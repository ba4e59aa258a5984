"""Options that every kind of test shares."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stack",
        choices=["embedded", "attach"],
        default="embedded",
        help="what the integration tests run against: an embedded environment of their own, "
        "or the environment of this checkout that is already up",
    )
