"""Whose a container is."""

import json
from pathlib import Path

import pytest

from mailroom.environments.compose.command import Compose
from mailroom.environments.compose.inventory import Inventory
from mailroom.environments.compose.ownership import (
    Containers,
    checkout_name,
    path_name,
    sort_out,
    state_name,
)
from mailroom.project import Project

HERE, THERE = Path("/tmp/c1/same"), Path("/tmp/c2/same")


def listing(*lines: tuple[str, str, Path]) -> str:
    """What Docker prints of containers, each with project, service and folder."""
    return "".join(
        f"{number:012}\t{project}-{service}-1\t{project}\t{service}\t{folder}\n"
        for number, (project, service, folder) in enumerate(lines)
    )


def test_the_folder_decides_and_not_the_project() -> None:
    found = sort_out(
        listing(("same", "postgres", THERE), ("same", "localstack", HERE), ("x", "web", HERE)),
        HERE,
        None,
    )

    assert [one.name for one in found.ours] == ["same-localstack-1", "x-web-1"]
    assert [one.folder for one in found.others] == [THERE]
    assert found.projects == ["same", "x"]
    assert found.sharers("same") == [THERE]
    assert found.sharers("x") == []


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    found = sort_out(listing(("p", "postgres", tmp_path / "link")), tmp_path, None)

    assert len(found.ours) == 1


def test_another_folder_of_state_has_a_project_that_is_not_the_usual_ones() -> None:
    other = state_name(Path("/tmp/state"))
    containers = listing((other, "postgres", HERE), ("mailroom", "postgres", HERE))

    usual, own = sort_out(containers, HERE, None), sort_out(containers, HERE, other)

    assert usual.projects == ["mailroom"]
    assert own.projects == [other]
    assert usual.others == own.others == []


def test_other_checkouts_are_those_that_look_like_mailroom() -> None:
    found = sort_out(
        listing(
            ("mailroom-tmpc2same", "localstack", THERE),
            ("same", "cache", Path("/tmp/c3/same")),
            ("shop", "postgres", Path("/tmp/shop")),
            ("mailroom-docs", "web", Path("/tmp/docs")),
        ),
        HERE,
        None,
    )

    assert list(found.other_checkouts("Same")) == [THERE, Path("/tmp/c3/same")]


def test_without_containers_there_are_none_of_either() -> None:
    assert sort_out("\n", HERE, None) == Containers([], [])


def test_a_name_follows_from_the_path_by_the_letters_that_compose_allows() -> None:
    assert path_name(Path("/tmp/C1/My Mail_room-2")) == "mailroom-tmpc1mymail_room-2"
    assert path_name(HERE) != path_name(THERE)


def test_paths_that_differ_in_their_slashes_alone_have_different_names() -> None:
    one, other = Path("/a/bc"), Path("/ab/c")

    assert path_name(one) == path_name(other)
    assert checkout_name(one) != checkout_name(other)


@pytest.mark.parametrize(
    ("folder", "readable"),
    [
        ("My Mail_room-2", "mailroom-mymail_room-2-"),
        ("a" * 80, f"mailroom-{'a' * 20}-"),
        ("邮件", "mailroom-checkout-"),
    ],
)
def test_a_name_is_the_folders_and_a_digest_and_short(folder: str, readable: str) -> None:
    name = checkout_name(Path("/tmp") / folder)

    assert name.startswith(readable)
    assert len(name.removeprefix(readable)) == 8
    # Not one of those of other folders of state.
    assert sort_out(listing((name, "postgres", HERE)), HERE, None).projects == [name]


# `docker ps`, `docker compose config` and `docker volume ls` of a machine that a test describes.
DOCKER = """\
#!/bin/sh
case "$1 $2" in
"ps --all") cat "$HERE/containers" ;;
"compose config") cat "$HERE/config" ;;
"volume ls") cat "$HERE/volumes-${6##*=}" 2>/dev/null || : ;;
"network ls" | "image ls") ;;
*) exit 1 ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that says what is in Docker: first nothing, and no name in .env."""
    folder = tmp_path / "docker"
    folder.mkdir()
    (folder / "docker").write_text(DOCKER)
    (folder / "docker").chmod(0o755)
    (folder / "containers").touch()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("HERE", str(folder))
    monkeypatch.delenv("COMPOSE_PROJECT_NAME", raising=False)
    return folder


def compose(machine: Path, root: Path, name: str | None = None) -> Compose:
    """The project of a checkout whose .env may name it."""
    (machine / "config").write_text(json.dumps({"name": name or path_name(root)}))
    return Compose(Project(root, root / ".mailroom"))


def test_a_checkout_without_containers_gets_the_name_with_the_digest(
    machine: Path, tmp_path: Path
) -> None:
    assert compose(machine, tmp_path).project_name == checkout_name(tmp_path)


def test_a_name_in_the_env_file_wins(machine: Path, tmp_path: Path) -> None:
    assert compose(machine, tmp_path, "own").project_name == "own"


def test_what_docker_compose_alone_made_is_gone_on_with(machine: Path, tmp_path: Path) -> None:
    made = (("a-folder", "postgres", tmp_path), (path_name(tmp_path), "postgres", tmp_path))
    (machine / "containers").write_text(listing(*made))

    assert compose(machine, tmp_path).project_name == path_name(tmp_path)


def test_volumes_under_a_name_that_others_may_have_are_named_and_not_deleted(
    machine: Path, tmp_path: Path
) -> None:
    name = path_name(tmp_path)
    (machine / f"volumes-{name}").write_text(f"{name}_database\n")
    inventory = Inventory(compose(machine, tmp_path), tmp_path)

    assert inventory.is_new()
    assert inventory.deletions() == []
    [line] = inventory.ownerless()
    assert f"COMPOSE_PROJECT_NAME={name}" in line
    assert f"docker volume rm {name}_database" in line
