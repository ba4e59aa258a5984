"""Everything that is missing is named at once, before anything is created."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.promotion import preflight
from mailroom.promotion.preflight import open_account
from tests.support.stubs import StrictStubber

_CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(_CHECKOUT, tmp_path)


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("MAILROOM_REHEARSAL_SECRET", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


class _Session(boto3.Session):
    """Answers who one is, and has no other client."""

    account = "999988887777"

    def __init__(self, **options: Any) -> None:
        super().__init__("x", "x", **options)

    def client(self, service_name: Any, *args: Any, **options: Any) -> Any:
        assert service_name == "sts", f"{service_name} was called before the account was checked"
        client: Any = super().client("sts", *args, **options)
        stubber = StrictStubber(client)
        arn = f"arn:aws:iam::{self.account}:user/somebody"
        answer = {"Account": self.account, "Arn": arn, "UserId": "somebody"}
        stubber.add_response("get_caller_identity", answer)
        stubber.activate()
        return client


def test_a_missing_variable_and_missing_credentials_are_named_at_once(project: Project) -> None:
    with pytest.raises(Refused) as refusal:
        open_account(project, "rehearsal")

    assert "MAILROOM_REHEARSAL_SECRET" in refusal.value.hint
    assert "there are no AWS credentials" in refusal.value.hint
    assert refusal.value.exit_code == 2


def test_another_account_is_refused_before_anything_else_is_asked(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "AccountSession", _Session)

    with pytest.raises(Refused) as refusal:
        open_account(project, "rehearsal")

    assert "account 111122223333" in refusal.value.hint
    assert "999988887777" in refusal.value.hint


def test_a_checkout_without_its_environments_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "infra").symlink_to(_CHECKOUT / "infra")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(Refused) as refusal:
        open_account(Project(tmp_path, tmp_path / "state"), "rehearsal")

    assert "uv is not installed: make install" in refusal.value.hint
    assert "Lambda's runtime" in refusal.value.hint
