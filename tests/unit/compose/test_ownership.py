"""Whose a container is."""

from pathlib import Path

from mailroom.environments.compose.ownership import Containers, path_name, sort_out, state_name

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
