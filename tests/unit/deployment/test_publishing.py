"""The Serverless Application Repository, at botocore's edge: there is no emulator of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.deployment.template import Template
from mailroom.errors import Refused
from mailroom.promotion.account import Account
from mailroom.promotion.publishing import (
    Application,
    publish_application,
    read_application,
    require_newer,
)
from tests.support.stubs import StrictStubber

_CHECKOUT = Path(__file__).parents[3]
_ARN = "arn:aws:serverlessrepo:eu-west-3:111122223333:applications/mailroom"


class _Session(boto3.Session):
    """Hands out one client, so that its answers can be stubbed."""

    def __init__(self) -> None:
        super().__init__("x", "x", region_name="eu-west-3")
        self.repository: Any = super().client("serverlessrepo")

    def client(self, service_name: Any, *args: Any, **options: Any) -> Any:
        return self.repository


@pytest.fixture
def account() -> Account:
    return Account(EnvironmentConfig("dev", "eu-west-3", "s"), _Session(), "111122223333", "arn")


@pytest.fixture
def repository(account: Account) -> Iterator[StrictStubber]:
    """What the repository answers, call by call, checked against its service model."""
    with StrictStubber(account.session.client("serverlessrepo")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def application() -> Application:
    template = Template(_CHECKOUT / "infra" / "template.yml").render()
    return read_application(template, _CHECKOUT / "infra", "bucket", "artifacts/code.zip")


def _has(repository: StrictStubber, *versions: str) -> None:
    listed = [
        {"ApplicationId": _ARN, "CreationTime": "2026", "SemanticVersion": version}
        for version in versions
    ]
    repository.add_response(
        "list_application_versions", {"Versions": listed}, {"ApplicationId": _ARN}
    )


@pytest.mark.parametrize(
    ("published", "said"), [("0.1.0", "exists"), ("0.2.0", "not newer"), ("0.1.10", "not newer")]
)
def test_a_version_that_exists_or_is_not_newer_is_refused(
    account: Account, repository: StrictStubber, application: Application, published: str, said: str
) -> None:
    _has(repository, "0.0.9", published)

    with pytest.raises(Refused, match=said) as refusal:
        require_newer(account, application)

    assert refusal.value.exit_code == 2


def test_a_newer_version_is_added_to_the_application(
    account: Account, repository: StrictStubber, application: Application
) -> None:
    _has(repository, "0.0.9")
    repository.add_response(
        "create_application_version",
        {"ApplicationId": _ARN, "SemanticVersion": "0.1.0"},
        {
            "ApplicationId": _ARN,
            "SemanticVersion": "0.1.0",
            "TemplateBody": application.template,
        },
    )

    published = require_newer(account, application)
    arn = publish_application(account, application, new=not published)

    assert arn == _ARN


def test_an_application_that_is_not_there_is_created_with_licence_and_readme(
    account: Account, repository: StrictStubber, application: Application
) -> None:
    repository.add_client_error("list_application_versions", "NotFoundException", "no")
    repository.add_response(
        "create_application",
        {"ApplicationId": _ARN},
        {
            "Name": "mailroom",
            "Description": application.metadata["Description"],
            "Author": application.metadata["Author"],
            "SpdxLicenseId": "Apache-2.0",
            "LicenseBody": (_CHECKOUT / "LICENSE").read_text(),
            "ReadmeBody": (_CHECKOUT / "README.md").read_text(),
            "Labels": ["sns", "sqs", "stepfunctions", "postgres"],
            "SemanticVersion": "0.1.0",
            "TemplateBody": application.template,
        },
    )

    published = require_newer(account, application)
    arn = publish_application(account, application, new=not published)

    assert arn == _ARN


def test_the_published_template_names_the_code_itself(application: Application) -> None:
    assert "CodeBucket" not in application.template
    assert "CodeUri: s3://bucket/artifacts/code.zip" in application.template


def test_what_the_metadata_lacks_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        read_application("Metadata: {}\n", tmp_path, "bucket", "key")

    for name in ("Name", "SpdxLicenseId", "LicenseUrl", "ReadmeUrl", "SemanticVersion"):
        assert name in refusal.value.hint


@pytest.mark.parametrize("author", ["The authors", "a--b", "-a", "a-", "A", "a" * 128])
def test_an_author_that_the_repository_refuses_is_named_at_once(author: str) -> None:
    template = (_CHECKOUT / "infra" / "template.yml").read_text()
    template = template.replace("Author: mailroom-authors", f'Author: "{author}"')

    with pytest.raises(Refused) as refusal:
        read_application(template, _CHECKOUT / "infra", "bucket", "key")

    assert f"Author: {author!r}" in refusal.value.hint
