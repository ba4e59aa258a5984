"""Publishes a release to the AWS Serverless Application Repository.

https://docs.aws.amazon.com/serverlessrepo/latest/devguide/
"""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.deployment.application_metadata import APPLICATION, AUTHOR
from mailroom.deployment.template import ARTIFACTS, template_yaml
from mailroom.errors import Refused
from mailroom.interrupts import postponed
from mailroom.promotion.account import Account
from mailroom.promotion.deploying import upload_release
from mailroom.promotion.release import Release

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_REQUIRED = ("Name", "Description", "Author", "SpdxLicenseId", "LicenseUrl", "ReadmeUrl")


@dataclass(frozen=True)
class Application:
    """An application as the repository takes it.

    Attributes:
        metadata: The template's metadata, with the texts of licence and readme.
        version: SemanticVersion.
        template: The template, with the code's location in it instead of parameters.
    """

    metadata: dict[str, Any]
    version: str
    template: str


def read_application(template: str, folder: Path, bucket: str, key: str) -> Application:
    """Convert a stack's template to one that the repository takes.

    Args:
        template: The template, with the state machine's definition inside.
        folder: The folder that the metadata's paths are relative to.
        bucket: Bucket of the code.
        key: Key of the code.

    Raises:
        Refused: The metadata is incomplete, or the repository would reject it; all faults are
            named.
    """
    yaml = template_yaml()
    with postponed():
        document = yaml.load(template)
    metadata = dict((document.get("Metadata") or {}).get(APPLICATION) or {})
    missing = [name for name in (*_REQUIRED, "SemanticVersion") if not metadata.get(name)]
    texts = {name: folder / str(metadata.get(name)) for name in ("LicenseUrl", "ReadmeUrl")}
    missing += [f"{name}: {path.name}" for name, path in texts.items() if not path.is_file()]
    version = str(metadata.get("SemanticVersion", ""))
    if not missing and not _VERSION.fullmatch(version):
        missing.append(f"SemanticVersion: {version!r} is not MAJOR.MINOR.PATCH")
    if not missing and not re.fullmatch(AUTHOR, author := str(metadata["Author"])):
        missing.append(f"Author: {author!r} is not lower-case letters, digits and single hyphens")
    if missing:
        raise Refused(f"template.yml can't be published: {APPLICATION}", "\n".join(missing))
    for name in ("CodeBucket", "CodeKey"):
        document["Parameters"].pop(name, None)
    # As `sam package` writes it.
    document["Globals"]["Function"]["CodeUri"] = f"s3://{bucket}/{key}"
    rendered = io.StringIO()
    yaml.dump(document, rendered)
    content = {name.replace("Url", "Body"): path.read_text() for name, path in texts.items()}
    return Application({**metadata, **content}, version, rendered.getvalue())


def require_newer(account: Account, application: Application) -> list[str]:
    """Check that a version can be published.

    Returns:
        The published versions; none when the application is new.

    Raises:
        Refused: The version is published already, or not newer than all that are.
    """
    client = account.session.client("serverlessrepo")
    published = published_versions(client, _arn(account, application))
    version, hint = application.version, "raise SemanticVersion in infra/template.yml"
    if version in published:
        raise Refused(f"version {version} exists in the repository, and stays as it is", hint)
    newest = max(published, key=_as_numbers, default=None)
    if newest and _as_numbers(version) <= _as_numbers(newest):
        raise Refused(f"version {version} is not newer than the repository's {newest}", hint)
    return published


def publish_application(account: Account, application: Application, *, new: bool) -> str:
    """Create the application, or a version of it.

    Args:
        account: The owner's account.
        application: The application.
        new: Whether no version is published yet.

    Returns:
        The application's ARN.
    """
    client = account.session.client("serverlessrepo")
    arn = _arn(account, application)
    common = {"SemanticVersion": application.version, "TemplateBody": application.template}
    if not new:
        client.create_application_version(ApplicationId=arn, **common)
        return arn
    metadata = application.metadata
    created = client.create_application(
        Name=metadata["Name"],
        Description=metadata["Description"],
        Author=metadata["Author"],
        SpdxLicenseId=metadata["SpdxLicenseId"],
        LicenseBody=metadata["LicenseBody"],
        ReadmeBody=metadata["ReadmeBody"],
        Labels=[str(label) for label in metadata.get("Labels", [])],
        **common,
    )
    return str(created["ApplicationId"])


def published_versions(client: Any, arn: str) -> list[str]:
    """The published versions; none when the application is new."""
    pages = client.get_paginator("list_application_versions")
    try:
        return [
            version["SemanticVersion"]
            for page in pages.paginate(ApplicationId=arn)
            for version in page["Versions"]
        ]
    except client.exceptions.NotFoundException:
        return []


def offer_code(account: Account, release: Release) -> None:
    """Upload the code, and allow the repository to read it for this account."""
    upload_release(account, release)
    s3 = account.session.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=account.bucket)["Policy"])
    others = [one for one in policy["Statement"] if one.get("Sid") != _READS["Sid"]]
    statement = {
        **_READS,
        "Resource": f"{others[0]['Resource'][0]}/{ARTIFACTS}*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account.id}},
    }
    document = json.dumps({**policy, "Statement": [*others, statement]})
    s3.put_bucket_policy(Bucket=account.bucket, Policy=document)


_READS: Mapping[str, Any] = {
    "Sid": "RepositoryReadsArtifacts",
    "Effect": "Allow",
    "Principal": {"Service": "serverlessrepo.amazonaws.com"},
    "Action": "s3:GetObject",
}


def _arn(account: Account, application: Application) -> str:
    partition = account.session.get_partition_for_region(account.config.region)
    name = application.metadata["Name"]
    region = account.config.region
    return f"arn:{partition}:serverlessrepo:{region}:{account.id}:applications/{name}"


def _as_numbers(version: str) -> tuple[int, ...]:
    found = _VERSION.match(version)
    return tuple(int(number) for number in found.groups()) if found else (0, 0, 0)
