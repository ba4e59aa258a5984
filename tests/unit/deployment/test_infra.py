"""What is deployed to AWS alone, and no emulator plays."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mailroom.checking.code.calls import calls_of
from mailroom.checking.template.source import Source

_CHECKOUT = Path(__file__).parents[3]
_WORKFLOWS = sorted((_CHECKOUT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("template", ["alarms.yml", "database.yml"])
def test_cfn_lint_finds_nothing_in_what_check_does_not_read(template: str) -> None:
    linter = Path(sys.executable).with_name("cfn-lint")

    run = subprocess.run(
        [linter, f"infra/{template}"], cwd=_CHECKOUT, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stdout


def test_the_database_has_alarms_on_capacity_connections_and_storage() -> None:
    resources = Source.load(_CHECKOUT / "infra" / "database.yml", _CHECKOUT).plain["Resources"]
    metrics = {
        one["Properties"]["MetricName"]
        for one in resources.values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    }

    assert metrics == {"ACUUtilization", "DatabaseConnections", "VolumeBytesUsed"}


def test_what_the_database_puts_out_are_parameters_of_the_stack() -> None:
    yaml = YAML()
    database = yaml.load(_CHECKOUT / "infra" / "database.yml")
    template = yaml.load(_CHECKOUT / "infra" / "template.yml")

    assert set(database["Outputs"]) <= set(template["Parameters"])
    assert {"DatabaseSecretArn", "SubnetIds", "SecurityGroupIds"} <= set(database["Outputs"])


def test_the_network_has_the_endpoints_that_the_functions_in_it_need_and_no_other() -> None:
    template = Source.load(_CHECKOUT / "infra" / "template.yml", _CHECKOUT).plain["Resources"]
    database = Source.load(_CHECKOUT / "infra" / "database.yml", _CHECKOUT).plain["Resources"]
    handlers = {
        one["Properties"]["Handler"]
        for one in template.values()
        if "VpcConfig" in one.get("Properties", {})
    }
    called = {
        call.action.partition(":")[0]
        for handler in handlers
        for call in calls_of(_CHECKOUT / "functions", handler)
    }

    endpoints = {
        one["Properties"]["ServiceName"]["Fn::Sub"].rpartition(".")[2]
        for one in database.values()
        if one["Type"] == "AWS::EC2::VPCEndpoint"
    }

    assert len(handlers) == 2
    assert endpoints == called == {"secretsmanager", "sqs"}


@pytest.mark.parametrize("workflow", _WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)", workflow.read_text())

    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in used)


def test_promotions_wait_for_others_of_their_own_environment_alone() -> None:
    workflow = YAML(typ="safe").load(_CHECKOUT / ".github" / "workflows" / "promote.yml")
    jobs = [job for job in workflow["jobs"].values() if "environment" in job]

    assert "concurrency" not in workflow
    assert {job["environment"] for job in jobs} == {"dev", "prod"}
    for job in jobs:
        group = f"promote-{job['environment']}"
        assert job["concurrency"] == {"group": group, "cancel-in-progress": False}


def test_what_rds_logs_expires_and_its_version_stays() -> None:
    resources = Source.load(_CHECKOUT / "infra" / "database.yml", _CHECKOUT).plain["Resources"]
    group, instance = resources["ClusterLogGroup"], resources["Instance"]

    assert group["Properties"]["LogGroupName"] == {
        "Fn::Sub": "/aws/rds/cluster/${Cluster}/postgresql"
    }
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    # RDS would make the group before CloudFormation does.
    assert instance["DependsOn"] == "ClusterLogGroup"
    assert instance["Properties"]["AutoMinorVersionUpgrade"] is False


def test_the_bucket_takes_tls_alone_and_forgets_uploads_that_were_given_up() -> None:
    resources = Source.load(_CHECKOUT / "infra" / "template.yml", _CHECKOUT).plain["Resources"]
    rules = resources["MessagesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (statement,) = resources["MessagesBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    aborting = [rule.get("AbortIncompleteMultipartUpload") for rule in rules]
    assert {"DaysAfterInitiation": 1} in aborting
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_secret_s_own_key_may_be_used_by_the_function_that_reads_it() -> None:
    resources = Source.load(_CHECKOUT / "infra" / "template.yml", _CHECKOUT).plain["Resources"]
    (policy,) = resources["MigrateDatabaseRole"]["Properties"]["Policies"]
    conditional = [
        one["Fn::If"] for one in policy["PolicyDocument"]["Statement"] if "Fn::If" in one
    ]

    ((condition, statement, _),) = conditional
    assert condition == "HasSecretKey"
    assert (statement["Action"], statement["Resource"]) == (
        "kms:Decrypt",
        {"Ref": "DatabaseSecretKeyArn"},
    )
