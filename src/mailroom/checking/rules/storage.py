"""Buckets and databases: what they cost, who may read along, and what is lost with them."""

import json
import re
from collections.abc import Iterator

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks, whole
from mailroom.checking.rules.alarms import in_production
from mailroom.checking.template.resolve import reference
from mailroom.checking.template.stack import Stack

_BUCKET = "AWS::S3::Bucket"
_DATABASES = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
_KEPT = ("Retain", "RetainExceptOnCreate", "Snapshot")


@rule(
    stacks,
    id="bucket-uploads",
    severity=Severity.warning,
    title="a bucket that keeps the parts of uploads that were given up",
    why="S3 bills the parts of an incomplete multipart upload, which no list of objects shows",
    page="AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html",
    fix="add a lifecycle rule with AbortIncompleteMultipartUpload",
)
def bucket_uploads(stack: Stack) -> Iterator[Problem]:
    for bucket in stack.of_type(_BUCKET):
        rules = bucket.get("LifecycleConfiguration", "Rules") or []
        if not any("AbortIncompleteMultipartUpload" in one for one in rules):
            yield Problem(bucket.at(), f"{bucket.id} has no rule that aborts uploads")


@rule(
    stacks,
    id="bucket-tls",
    severity=Severity.warning,
    title="a bucket that answers plain HTTP",
    why="S3 takes requests without TLS, and sends objects unencrypted over the network",
    page="AmazonS3/latest/userguide/security-best-practices.html",
    fix="add a bucket policy that denies s3:* where aws:SecureTransport is false",
)
def bucket_tls(stack: Stack) -> Iterator[Problem]:
    by_tls = {
        reference(policy.get("Bucket"))
        for policy in stack.of_type("AWS::S3::BucketPolicy")
        if "aws:securetransport" in json.dumps(policy.get("PolicyDocument")).lower()
    }
    for bucket in stack.of_type(_BUCKET):
        if bucket.id not in by_tls:
            yield Problem(bucket.at(), f"no policy of {bucket.id} looks at aws:SecureTransport")


@rule(
    whole,
    id="data-deletion",
    severity=Severity.warning,
    title="data in production that is deleted with its stack, or with a resource's replacement",
    why="CloudFormation deletes what is gone from the template, and all of a deleted stack",
    page="AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html",
    fix="set DeletionPolicy and UpdateReplacePolicy to Retain or Snapshot",
)
def data_deletion(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.known_stacks:
        if not in_production(stack.target):
            continue
        for one in stack.of_type(*_DATABASES, "AWS::DynamoDB::Table"):
            body = stack.template["Resources"][one.id]
            policies = [body.get(name) for name in ("DeletionPolicy", "UpdateReplacePolicy")]
            # A policy that isn't a text depends on a condition or a parameter.
            if any(not policy or policy == "Delete" for policy in policies):
                yield Problem(one.at(), f"{stack.target.name}: nothing keeps the data of {one.id}")


@rule(
    stacks,
    id="version-drift",
    severity=Severity.warning,
    title="a pinned engine version that RDS upgrades by itself",
    why="in a maintenance window RDS installs a newer minor version; the next deployment of the "
    "template's asks for a downgrade, which fails",
    page="AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.Minor.html",
    fix="set AutoMinorVersionUpgrade: false, or pin the major version alone",
)
def version_drift(stack: Stack) -> Iterator[Problem]:
    databases = list(stack.of_type(*_DATABASES))
    pinned = {
        one.id for one in databases if re.fullmatch(r"\d+\.\d[\w.]*", str(one.get("EngineVersion")))
    }
    # Of a cluster's instances it is the instances' own setting that counts.
    clusters = {reference(one.get("DBClusterIdentifier")) for one in stack.of_type(_DATABASES[1])}
    for one in databases:
        of_pinned = one.id in pinned or reference(one.get("DBClusterIdentifier")) in pinned
        upgrades = str(one.get("AutoMinorVersionUpgrade")).lower() != "false"
        if of_pinned and upgrades and one.id not in clusters:
            yield Problem(one.at(), f"{one.id} is upgraded beyond its EngineVersion")


@rule(
    stacks,
    id="exported-log-retention",
    severity=Severity.warning,
    title="logs of a database that are exported and never expire",
    why="RDS makes the log group itself, without retention, and CloudWatch keeps all of it",
    page="AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
    fix="make the log group /aws/rds/cluster/NAME/postgresql with RetentionInDays in the template",
)
def exported_log_retention(stack: Stack) -> Iterator[Problem]:
    kept = any(
        "/aws/rds/" in json.dumps(group.get("LogGroupName")) and group.get("RetentionInDays")
        for group in stack.of_type("AWS::Logs::LogGroup")
    )
    for one in stack.of_type(*_DATABASES):
        if one.get("EnableCloudwatchLogsExports") and not kept:
            yield Problem(one.at("EnableCloudwatchLogsExports"), f"{one.id} exports its logs")
