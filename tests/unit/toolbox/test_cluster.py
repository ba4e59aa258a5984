"""Where Postgres's files are."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.environments.embedded.cluster import Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster in a folder that only its owner may enter."""
    cluster = Cluster(tmp_path / "postgres")
    yield cluster
    cluster.remove()


def test_a_temporary_folder_whose_path_is_too_long_for_a_socket_is_not_used(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("long" * 25)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))

    cluster.prepare()

    assert len(os.fsencode(cluster.sockets / ".s.PGSQL.65535")) <= 103
    assert not list(long.iterdir())


def test_its_folders_are_its_owner_s_alone(cluster: Cluster) -> None:
    cluster.prepare()

    folders = (cluster.data, cluster.data.parent, cluster.sockets)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root Postgres has another user")
def test_data_that_postgres_can_no_longer_reach_is_moved_with_its_content(
    cluster: Cluster, tmp_path: Path
) -> None:
    cluster.prepare()
    (cluster.data / "kept").touch()
    outside = cluster.data.parent
    link = tmp_path / "postgres"
    link.unlink()
    outside.rename(link)

    cluster.prepare()

    assert link.is_symlink()
    assert cluster.data.parent != link
    assert (cluster.data / "kept").exists()
    assert cluster.data.owner() == cluster.user
