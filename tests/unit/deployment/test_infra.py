"""What is deployed to AWS alone, and no emulator plays."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mailroom_rules.policies import Policy, Principal, Request, evaluate
from ruamel.yaml import YAML

from mailroom.checking.code.calls import calls_of
from mailroom.checking.template.source import Source

_CHECKOUT = Path(__file__).parents[3]
_WORKFLOWS = sorted((_CHECKOUT / ".github" / "workflows").glob("*.yml"))
_ACTIONS = [_CHECKOUT / "action.yml", _CHECKOUT / "actions" / "down" / "action.yml"]


@pytest.mark.parametrize("template", ["alarms.yml", "ci.yml", "database.yml"])
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


def test_only_jobs_of_one_environment_of_the_repository_get_the_deploying_role() -> None:
    resources = Source.load(_CHECKOUT / "infra" / "ci.yml", _CHECKOUT).plain["Resources"]
    role = resources["DeployerRole"]["Properties"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

    issuer = "token.actions.githubusercontent.com"
    assert statement["Condition"]["StringEquals"] == {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": {"Fn::Sub": "repo:${Repository}:environment:${Environment}"},
    }
    assert role["PermissionsBoundary"] == {"Ref": "Boundary"}


def test_the_boundary_lets_the_deployer_s_policies_through_and_no_users() -> None:
    resources = Source.load(_CHECKOUT / "infra" / "ci.yml", _CHECKOUT).plain["Resources"]
    roles = "arn:aws:iam::123456789012:policy/roles"
    document = json.dumps(resources["Boundary"]["Properties"]["PolicyDocument"])
    boundary = Policy.parse(document.replace('{"Ref": "RolesBoundary"}', f'"{roles}"'))
    deployer = Principal.parse("arn:aws:iam::123456789012:role/deployer")

    def allowed(action: str, bound: str | None = roles) -> bool:
        role = "arn:aws:iam::123456789012:role/mailroom-dev-Role-1a2b"
        resource = role if action.startswith("iam:") else "*"
        context = {"iam:PermissionsBoundary": bound} if bound else {}
        return evaluate(Request.of(deployer, action, resource, context), [boundary]).allowed

    actions = [
        action
        for file in (_CHECKOUT / "infra").glob("deployer-*policy.json")
        for statement in json.loads(file.read_text())["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    ]
    assert len(actions) > 100
    refused = [action for action in actions if not allowed(action)]
    assert refused == ["iam:DeleteRolePermissionsBoundary"]
    for action in ("iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePolicy"):
        assert not allowed(action, None)
        assert not allowed(action, "arn:aws:iam::aws:policy/AdministratorAccess")
    for action in ("iam:CreateUser", "iam:CreateAccessKey", "iam:CreatePolicyVersion"):
        assert not allowed(action)


def test_every_role_has_the_boundary_when_there_is_one_which_allows_what_its_policies_do() -> None:
    template = Source.load(_CHECKOUT / "infra" / "template.yml", _CHECKOUT).plain
    roles = [
        one["Properties"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::IAM::Role"
    ]
    ci = Source.load(_CHECKOUT / "infra" / "ci.yml", _CHECKOUT).plain["Resources"]
    boundary = Policy.parse(ci["RolesBoundary"]["Properties"]["PolicyDocument"])
    role = Principal.parse("arn:aws:iam::123456789012:role/mailroom-dev-Role-1a2b")

    actions = set(
        re.findall(r"\b[a-z0-9]+:[A-Z]\w+", json.dumps([one["Policies"] for one in roles]))
    )
    refused = [
        action
        for action in actions - {"kms:ViaService"}
        if not evaluate(Request.of(role, action, "*", {}), [boundary]).allowed
    ]

    assert len(roles) == 4
    assert {json.dumps(one["PermissionsBoundary"]) for one in roles} == {
        json.dumps(
            {"Fn::If": ["BoundsRoles", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]}
        )
    }
    assert "sqs:ReceiveMessage" in actions
    assert refused == []


def test_each_check_of_checkov_that_is_skipped_has_a_reason() -> None:
    lines = (_CHECKOUT / ".checkov.yaml").read_text().splitlines()
    skipped = [number for number, line in enumerate(lines) if line.startswith("  - CKV")]

    assert skipped
    assert all(re.match(r"  # \w.{10,}", lines[number - 1]) for number in skipped)


@pytest.mark.parametrize("workflow", [*_WORKFLOWS, *_ACTIONS], ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit(workflow: Path) -> None:
    used = re.findall(r"^ *(?:- )?uses: (\S+)", workflow.read_text(), re.MULTILINE)

    assert used
    # `./` is the caller's checkout, or one of Mailroom at the version that the caller names.
    others = [one for one in used if not one.startswith("./")]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in others)


def test_promotions_wait_for_others_of_their_own_environment_alone() -> None:
    workflow = YAML(typ="safe").load(_CHECKOUT / ".github" / "workflows" / "promote.yml")
    jobs = [job for job in workflow["jobs"].values() if "environment" in job]

    assert "concurrency" not in workflow
    assert {job["environment"] for job in jobs} == {"dev", "prod"}
    for job in jobs:
        group = f"promote-{job['environment']}"
        assert job["concurrency"] == {"group": group, "cancel-in-progress": False}


def test_the_tests_of_a_promotion_run_where_no_oidc_token_can_be_asked_for() -> None:
    workflow = YAML(typ="safe").load(_CHECKOUT / ".github" / "workflows" / "promote.yml")
    asking = {
        name
        for name, job in workflow["jobs"].items()
        if "id-token" in job.get("permissions", workflow["permissions"])
    }
    commands = {
        name: [step["run"] for step in job["steps"] if "run" in step]
        for name, job in workflow["jobs"].items()
    }

    assert asking == {"dev", "prod"}
    assert commands["verify"] == ["make verify ENV=dev", "make verify ENV=prod"]
    for name in asking:
        fetching, *ours = commands[name]
        assert "verify" in workflow["jobs"][name]["needs"]
        assert fetching.startswith("gh run download")
        assert not any("verify" in one or "make promote" in one for one in ours)
        assert all(one.startswith("env -u ACTIONS_ID_TOKEN_REQUEST_URL -u ") for one in ours)


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

    (statement,) = (then for condition, then, _ in conditional if condition == "HasSecretKey")
    assert (statement["Action"], statement["Resource"]) == (
        "kms:Decrypt",
        {"Ref": "DatabaseSecretKeyArn"},
    )
