"""The toolbox where the extra `aws` is not installed."""

import sys
from pathlib import Path

import pytest

from mailroom.access.profile import write_profile
from mailroom.aws.sessions import EmulatorSession
from mailroom.environments.environment import Environment
from mailroom.errors import NoAwsCli


def test_a_profile_is_refused_with_the_way_to_get_what_writes_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "awscli.customizations.configure.writer", None)
    endpoint = "http://127.0.0.1:4566"
    session = EmulatorSession(endpoint, "us-east-1", "000000000000")
    environment = Environment("embedded", endpoint, lambda: session, "mailroom", "")

    with pytest.raises(NoAwsCli) as caught:
        write_profile(tmp_path / "config", "mailroom", environment)

    assert "mailroom[aws]" in caught.value.hint
    assert not (tmp_path / "config").exists()
