"""Deletes an environment's stacks and bucket, and checks that no resource is left."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mailroom.aws.resources import Resource, list_resources
from mailroom.deployment.stack import Stack
from mailroom.errors import MailroomError, Refused
from mailroom.promotion.account import Account
from mailroom.promotion.deploying import Reporter
from mailroom.promotion.leftovers import find_leftovers

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class SomethingLeft(MailroomError):
    """The stack is deleted, and some of its resources exist."""


def delete_stack(account: Account, name: str, reporter: Reporter) -> list[Resource]:
    """Empty the stack's buckets, delete it, and check that no resource is left.

    Returns:
        Its resources; none when there was no stack.

    Raises:
        Refused: It is protected; nothing of it is gone.
        DeploymentFailed: A resource could not be deleted.
        SomethingLeft: CloudFormation has deleted the stack, and a resource exists.
    """
    stack = Stack(account.session.client("cloudformation"), name, reporter.resource)
    if stack.protected:
        raise Refused(
            f"stack {name} is protected against deletion",
            "take that away first: aws cloudformation update-termination-protection"
            " --no-enable-termination-protection"
            f" --stack-name {name} --region {account.config.region}",
        )
    with reporter.waiting_for(f"Deletion of stack {name}"):
        return _delete_stack(account, stack, reporter)


def _delete_stack(account: Account, stack: Stack, reporter: Reporter) -> list[Resource]:
    name = stack.name
    resources = list_resources(account.session, name)
    s3 = account.session.client("s3")
    for resource in resources:
        if resource.type == "AWS::S3::Bucket":
            empty_bucket(s3, resource.id)
    stack.delete()
    left = find_leftovers(account.session, resources)
    if left:
        raise SomethingLeft(
            f"stack {name} is deleted, and {len(left)} of its resources are not",
            "\n".join(f"{resource.logical_id}: {resource.id}" for resource in left),
        )
    return resources


def require_unprotected(account: Account, stack: str) -> None:
    """Check that a database may be deleted.

    CloudFormation would fail only at the cluster, after it has deleted the instance.

    Raises:
        Refused: A cluster of the stack has deletion protection.
    """
    for resource in list_resources(account.session, stack):
        if resource.type != "AWS::RDS::DBCluster":
            continue
        rds: Any = account.session.client("rds")
        (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=resource.id)["DBClusters"]
        if cluster.get("DeletionProtection"):
            raise Refused(
                f"the database {resource.id} is protected against deletion",
                "remove the protection first: aws rds modify-db-cluster --no-deletion-protection"
                f" --db-cluster-identifier {resource.id} --region {account.config.region}",
            )


def delete_bucket(account: Account) -> None:
    """Delete the artifact bucket with all versions in it, and the log of promotions with them."""
    s3 = account.session.client("s3")
    empty_bucket(s3, account.bucket)
    s3.delete_bucket(Bucket=account.bucket)


def empty_bucket(s3: "S3Client", bucket: str) -> None:
    """Delete every version and every delete marker of every object.

    Raises:
        MailroomError: An object could not be deleted.
    """
    pages: Any = s3.get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket):
        _delete_objects(s3, bucket, [*page.get("Versions", []), *page.get("DeleteMarkers", [])])


def _delete_objects(s3: "S3Client", bucket: str, versions: Iterable[Any]) -> None:
    objects: Any = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions]
    if not objects:
        return
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    failed = answer.get("Errors", [])
    if failed:
        reasons = "\n".join(f"{one.get('Key')}: {one.get('Message')}" for one in failed)
        raise MailroomError(f"bucket {bucket} could not be emptied", reasons)
