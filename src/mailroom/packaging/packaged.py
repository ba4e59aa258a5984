"""The functions' code as the zip that would go to AWS, in a bucket of the environment."""

import platform
from pathlib import Path
from typing import TYPE_CHECKING

from mailroom.deployment.deploy import Code
from mailroom.errors import Refused
from mailroom.packaging.archive import build_archive
from mailroom.packaging.dependencies import host_architecture
from mailroom.project import Project

if TYPE_CHECKING:
    import boto3


def packaged_code(project: Project, session: "boto3.Session", bucket: str) -> Code:
    """Package for this machine's architecture and upload under its hash.

    Raises:
        Refused: The zip holds Linux wheels, and this is no Linux.
    """
    if platform.system() != "Linux":
        raise Refused(
            "the package holds Linux wheels, which do not run on this system",
            "leave out --packaged",
        )
    architecture = host_architecture()
    return upload(build_archive(project, architecture), architecture, session, bucket)


def upload(archive: Path, architecture: str, session: "boto3.Session", bucket: str) -> Code:
    """Put a package into a bucket, which is created if it is missing."""
    s3 = session.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.upload_file(str(archive), bucket, archive.name)
    return Code(bucket, archive.name, architecture)
