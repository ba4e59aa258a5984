"""The environment variables by which other programs reach an environment."""

import os
import re
import shlex
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from urllib.request import getproxies_environment, proxy_bypass

from mailroom.environments.environment import Environment
from mailroom.errors import Refused

# They would lead AWS's tools elsewhere, or belong to other credentials.
REMOVED = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Format(StrEnum):
    """How variables are written."""

    SH = "sh"
    FISH = "fish"
    DOTENV = "dotenv"
    JSON = "json"
    GITHUB = "github"


def aws_variables(environment: Environment) -> dict[str, str]:
    """What AWS's SDKs and tools read: endpoint, region and credentials.

    https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
    """
    credentials = environment.session.get_credentials()
    assert credentials
    region = environment.session.region_name
    return {
        "AWS_ENDPOINT_URL": environment.endpoint,
        # The AWS CLI and boto3 read the second, other SDKs the first.
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        # There are no names as sync-127.0.0.1, which SDKs would make for some operations.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        # Without it awslocal prints a notice of twelve lines at each call.
        "DISABLE_DEPRECATION_NOTICE": "1",
        **_past_proxies(),
    }


def all_variables(environment: Environment, database_url: str | None) -> dict[str, str]:
    """`aws_variables`, the database's URL if there is one, and each output of the stack.

    The output MessagesTopicArn is MESSAGES_TOPIC_ARN.

    Raises:
        NotUp: The stack is not deployed.
    """
    outputs = environment.outputs.items()
    names = {_WORD.sub("_", name).upper(): value for name, value in sorted(outputs)}
    database = {"DATABASE_URL": database_url} if database_url else {}
    return {**names, **aws_variables(environment), **database}


def written(variables: Mapping[str, str], format_: Format) -> str:
    """The variables as text that a shell executes, or as a file of lines.

    Args:
        variables: Values by name.
        format_: SH, FISH or DOTENV, or GITHUB for the lines of GitHub's file.
    """
    if format_ is Format.SH:
        lines = [f"unset {' '.join(REMOVED)}"]
        lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    elif format_ is Format.FISH:
        lines = [f"set -e {name}" for name in REMOVED]
        lines += [f"set -gx {name} {_fish(value)}" for name, value in variables.items()]
    elif format_ is Format.DOTENV:
        lines = [f"{name}={shlex.quote(value)}" for name, value in variables.items()]
    else:
        lines = [f"{name}={value}" for name, value in variables.items()]
    return "".join(f"{line}\n" for line in lines)


def add_to_github(variables: Mapping[str, str]) -> None:
    """Append the variables to the file that GitHub Actions reads before a job's next step.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable

    Raises:
        Refused: The process is no step of such a job.
    """
    path = os.environ.get("GITHUB_ENV")
    if not path:
        raise Refused("GITHUB_ENV is not set", "GitHub Actions sets it in each step of a job")
    with Path(path).open("a") as file:
        file.write(written(variables, Format.GITHUB))


def _past_proxies() -> dict[str, str]:
    """NO_PROXY with this machine, if the caller's variables name a proxy without an exception."""
    proxies = getproxies_environment()
    exceptions = proxies.pop("no", None)
    if not proxies or proxy_bypass("127.0.0.1"):
        return {}
    value = ",".join(filter(None, [exceptions, "127.0.0.1", "localhost"]))
    return {"NO_PROXY": value, "no_proxy": value}


def _fish(value: str) -> str:
    escaped = value.replace("\\", r"\\").replace("'", r"\'")
    return f"'{escaped}'"
