"""`docker compose ps --format json`, as two generations of Compose print it."""

import json

from mailroom.environments.compose.containers import Container, parse_containers

LOCALSTACK = {
    "ID": "6389c7bc4657",
    "Service": "localstack",
    "State": "running",
    "Health": "starting",
    "Publishers": [
        {"URL": "", "TargetPort": 4510, "PublishedPort": 0, "Protocol": "tcp"},
        {"URL": "127.0.0.1", "TargetPort": 4566, "PublishedPort": 14566, "Protocol": "tcp"},
    ],
}
POSTGRES = {
    "ID": "8994376348fe",
    "Service": "postgres",
    "State": "exited",
    "Health": "",
    "Publishers": None,
}
EXPECTED = {
    "localstack": Container("6389c7bc4657", "localstack", "running", "starting", {4566: 14566}),
    "postgres": Container("8994376348fe", "postgres", "exited", "", {}),
}


def test_an_object_a_line() -> None:
    listing = f"{json.dumps(LOCALSTACK)}\n{json.dumps(POSTGRES)}\n"

    assert parse_containers(listing) == EXPECTED


def test_one_list() -> None:
    assert parse_containers(json.dumps([LOCALSTACK, POSTGRES])) == EXPECTED


def test_no_container() -> None:
    assert parse_containers("") == parse_containers("[]") == {}


def test_only_what_runs_and_is_well_is_healthy() -> None:
    container = EXPECTED["localstack"]

    assert container.running
    assert not container.healthy
    assert Container("1", "localstack", "running", "healthy", {}).healthy
    assert not Container("1", "localstack", "exited", "healthy", {}).healthy
