"""Other programs reach the environment by what Mailroom prints, sets or writes."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import boto3
import psycopg
import pytest
from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.command import MAILROOM, Command

# A program of one's own: it knows nothing of Mailroom.
SCRIPT = """
import boto3, os, psycopg
sqs = boto3.client("sqs")
sqs.get_queue_attributes(QueueUrl=os.environ["NOTIFICATION_QUEUE_URL"], AttributeNames=["All"])
with psycopg.connect(os.environ["DATABASE_URL"]) as database:
    print(database.execute("SELECT current_user").fetchone()[0])
print(boto3.client("sts").get_caller_identity()["Account"])
"""
OTHERS = {
    "AWS_PROFILE": "of-a-company",
    "AWS_SESSION_TOKEN": "of-another-account",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
}
SEEN = "mailroom\n000000000000\n"


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def shell(mailroom: Command, text: str, program: str = "sh", **variables: str) -> str:
    """What a shell prints in which `mailroom` and the tests' Python are found."""
    path = f"{MAILROOM.parent}:{mailroom.variables['PATH']}"
    run = subprocess.run(
        [program, "-ec" if program == "sh" else "-c", text],
        env={**mailroom.variables, **OTHERS, "PATH": path, **variables},
        cwd=mailroom.checkout,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_script_of_ones_own_runs_after_eval(mailroom: Command, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)

    assert shell(mailroom, f'eval "$(mailroom env)"; python {tmp_path}/script.py') == SEEN


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish on this machine")
def test_a_script_of_ones_own_runs_in_fish(mailroom: Command, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    line = f"mailroom env --format fish | source; python {tmp_path}/script.py"

    assert shell(mailroom, line, "fish") == SEEN


def test_a_script_of_ones_own_runs_by_run_and_its_exit_code_is_the_commands(
    mailroom: Command, tmp_path: Path
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)

    assert shell(mailroom, f"mailroom run -- python {tmp_path}/script.py") == SEEN
    assert mailroom.run("run", "sh", "-c", "exit 7", code=7).stdout == ""


def test_the_reader_of_the_database_can_be_chosen(mailroom: Command) -> None:
    printed = mailroom.run("run", "--role", "reader", "printenv", "DATABASE_URL").stdout

    assert printed.startswith("postgresql://mailroom_reader:")


@pytest.mark.parametrize("before", ["", "example.com"])
def test_a_proxy_of_the_callers_is_passed_by(
    mailroom: Command, tmp_path: Path, before: str
) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    proxy = {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"}
    line = f"mailroom run -- python {tmp_path}/script.py; mailroom run -- printenv NO_PROXY"

    printed = shell(mailroom, line, **proxy, no_proxy=before)

    expected = ",".join(filter(None, [before, "127.0.0.1", "localhost"]))
    assert printed == f"{SEEN}{expected}\n"


def test_a_program_that_is_not_there_is_named(mailroom: Command) -> None:
    assert "'no-such-program'" in mailroom.run("run", "no-such-program", code=2).stderr


def test_every_format_has_the_same_variables(mailroom: Command, tmp_path: Path) -> None:
    as_json = json.loads(mailroom.run("env", "--format", "json").stdout)
    dotenv = mailroom.run("env", "--format", "dotenv").stdout
    fish = mailroom.run("env", "--format", "fish").stdout
    given = tmp_path / "github_env"
    given.write_text("BEFORE=1\n")
    masked = shell(mailroom, "mailroom env --format github", GITHUB_ENV=str(given))

    as_lines = dict(line.split("=", 1) for line in dotenv.splitlines())
    in_fish = dict(re.findall(r"^set -gx (\w+) '(.*)'$", fish, re.MULTILINE))
    in_github = dict(line.split("=", 1) for line in given.read_text().splitlines())
    assert as_json == as_lines == in_fish
    assert in_github == {"BEFORE": "1", **as_json}
    assert masked == f"::add-mask::{as_json['DATABASE_URL']}\n"


def test_githubs_file_is_missed_outside_of_github(mailroom: Command) -> None:
    run = subprocess.run(
        [MAILROOM, "env", "--format", "github"],
        env={k: v for k, v in mailroom.variables.items() if k != "GITHUB_ENV"},
        cwd=mailroom.checkout,
        capture_output=True,
        text=True,
    )

    assert run.returncode == 2
    assert "GITHUB_ENV is not set" in run.stderr


def test_the_aws_cli_runs_on_the_environment(mailroom: Command) -> None:
    queue = mailroom.json("resources", "AlertQueue")["url"]

    # AWS CLI 1 would call AWS for SQS, whatever AWS_ENDPOINT_URL says.
    asked = mailroom.run("aws", "sqs", "get-queue-attributes", "--queue-url", queue)
    refused = mailroom.run("aws", "sqs", "get-queue-url", "--queue-name", "none", code=255)

    assert asked.stdout == ""
    assert "NonExistentQueue" in refused.stderr


def test_awslocal_runs_on_any_port_and_without_its_notice(mailroom: Command) -> None:
    text = 'eval "$(mailroom env)"; awslocal sqs list-queues --query "length(QueueUrls)" 2>&1'

    assert int(shell(mailroom, text)) >= 6


@pytest.mark.parametrize("name", ["logicalName", "physicalName", "arn", "url"])
def test_a_queue_is_known_by_each_of_its_names(mailroom: Command, name: str) -> None:
    queue = mailroom.json("resources", "AlertDeadLetterQueue")

    same = mailroom.json("resources", queue[name])
    mailroom.run("queues", queue[name])
    mailroom.run("dead-letters", "--queue", queue[name])

    assert same == queue


@pytest.mark.parametrize("name", ["logicalName", "physicalName", "arn"])
def test_a_function_is_known_by_each_of_its_names(mailroom: Command, name: str) -> None:
    function = mailroom.json("resources", "MigrateDatabaseFunction")

    assert mailroom.run("logs", function[name]).stdout == mailroom.run("logs", "migrate").stdout


def test_each_arn_is_the_one_that_its_service_says(
    mailroom: Command, environment: Environment
) -> None:
    client = environment.session.client
    found = {one["logicalName"]: one for one in mailroom.json("resources")}
    function = found["PublishMessagesFunction"]
    group = found["PublishMessagesLogGroup"]
    alarm = next(one for one in found.values() if one["type"] == "AWS::CloudWatch::Alarm")
    role = next(one for one in found.values() if one["type"] == "AWS::IAM::Role")

    said = {
        "function": client("lambda").get_function(FunctionName=function["physicalName"])[
            "Configuration"
        ]["FunctionArn"],
        "group": client("logs").describe_log_groups(logGroupNamePrefix=group["physicalName"])[
            "logGroups"
        ][0]["logGroupArn"],
        "alarm": client("cloudwatch").describe_alarms(AlarmNames=[alarm["physicalName"]])[
            "MetricAlarms"
        ][0]["AlarmArn"],
        "role": client("iam").get_role(RoleName=role["physicalName"])["Role"]["Arn"],
    }

    assert said == {
        "function": function["arn"],
        "group": group["arn"],
        "alarm": alarm["arn"],
        "role": role["arn"],
    }
    assert {one["endpoint"] for one in found.values()} == {environment.endpoint}


def test_a_name_that_is_none_is_refused_with_those_that_are(mailroom: Command) -> None:
    refused = mailroom.run("resources", "arn:aws:sqs:us-east-1:000000000000:none", code=2)

    assert "AlertDeadLetterQueue" in refused.stderr


def test_a_profile_is_written_used_changed_and_removed(
    mailroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    before = "# mine\n[default]\nregion = eu-west-1\n"
    config.write_text(before)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    mailroom.run("profile", "write", code=2)
    asked_for = config.read_text()
    mailroom.run("profile", "write", "--yes")
    written = config.read_text()
    account = boto3.Session(profile_name="mailroom").client("sts").get_caller_identity()["Account"]
    config.write_text(f"{written}\n# the last\n[profile of-a-company]\nregion = us-east-2\n")
    mailroom.run("profile", "write", "--yes")
    mailroom.run("profile", "remove", "--yes")

    assert asked_for == before
    assert account == "000000000000"
    assert config.read_text() == f"{before}# the last\n[profile of-a-company]\nregion = us-east-2\n"
    assert [file.name for file in tmp_path.iterdir()] == ["config"]


@pytest.mark.parametrize("name", ["of-a-company", "default", "a]b"])
def test_a_profile_that_is_not_mailrooms_is_left_alone(
    mailroom: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile of-a-company]\nregion = us-east-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    for verb in ("write", "remove"):
        mailroom.run("profile", verb, "--name", name, "--yes", code=2)

    assert config.read_text() == "[profile of-a-company]\nregion = us-east-2\n"


@pytest.mark.parametrize("service", ["sqs", "s3", "lambda"])
def test_an_unknown_access_key_is_told_which_one_to_use(
    environment: Environment, service: str
) -> None:
    client = boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=environment.endpoint,
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
    )
    operation = {"sqs": "list_queues", "s3": "list_buckets", "lambda": "list_functions"}[service]

    with pytest.raises(ClientError) as refused:
        getattr(client, operation)()

    assert "000000000000" in str(refused.value)
    assert "mailroom env" in str(refused.value)


def test_the_databases_url_works(mailroom: Command) -> None:
    variables = json.loads(mailroom.run("env", "--format", "json").stdout)

    psycopg.connect(variables["DATABASE_URL"]).close()
