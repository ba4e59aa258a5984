"""A role's name is one that Postgres takes whole."""

import pytest

from migrate_database.role import role_name


@pytest.mark.parametrize("wanted", ["mailroom-dev-ingestion", "r" * 63, "é" * 31])
def test_a_name_that_postgres_takes_stays(wanted: str) -> None:
    assert role_name(wanted) == wanted


@pytest.mark.parametrize("wanted", ["r" * 64, "é" * 32, "s" * 128 + "-ingestion"])
def test_a_longer_one_is_cut_to_what_postgres_takes(wanted: str) -> None:
    assert 60 <= len(role_name(wanted).encode()) <= 63


def test_names_that_differ_behind_what_postgres_takes_differ() -> None:
    stack = "s" * 70

    assert role_name(f"{stack}a-ingestion") != role_name(f"{stack}b-ingestion")
