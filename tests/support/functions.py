"""Lambda functions of a test's own, made of a few lines of source."""

import base64
import io
import json
import textwrap
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from mailroom.packaging.dependencies import host_architecture
from tests.support.flow import until

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

HANDLER = "app.handler"
RUNTIME = "python3.13"
# Functions, and the state machines that invoke them.
_SERVICES = {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}
# A second call for an answer that is late would be a second invocation.
ONE_CALL = Config(retries={"total_max_attempts": 1}, proxies={})

type Source = str | Path


@dataclass(frozen=True)
class Result:
    """What an invocation came to.

    Attributes:
        value: The payload of the answer.
        error: `FunctionError` of the answer, if it is one.
        log: The tail of the log, line by line.
        request_id: The invocation's.
    """

    value: Any
    error: str | None
    log: list[str]
    request_id: str

    @property
    def report(self) -> str:
        return self.log[-1].rstrip()


class Function:
    """A function that exists."""

    def __init__(self, client: "LambdaClient", name: str) -> None:
        self._lambda = client
        self.name = name

    @property
    def arn(self) -> str:
        return str(self.configuration()["FunctionArn"])

    def configuration(self) -> dict[str, Any]:
        """What Lambda knows of it."""
        return dict(self._lambda.get_function_configuration(FunctionName=self.name))

    def settled(self) -> dict[str, Any]:
        """Wait until Lambda has done what it was told to; what it knows then."""
        known: dict[str, Any] = {}

        def settled() -> bool:
            known.update(self.configuration())
            return "Pending" not in known["State"] and known["LastUpdateStatus"] != "InProgress"

        until(settled, f"{self.name} to settle", 30)
        return known

    def invoke(self, event: object = None) -> Result:
        """Invoke it and wait for its answer."""
        answer = self._lambda.invoke(
            FunctionName=self.name, Payload=json.dumps(event), LogType="Tail"
        )
        log = base64.b64decode(answer["LogResult"]).decode() if "LogResult" in answer else ""
        return Result(
            json.loads(answer["Payload"].read()),
            answer.get("FunctionError"),
            log.splitlines(),
            answer["ResponseMetadata"]["RequestId"],
        )

    def send(self, event: object = None) -> None:
        """Invoke it asynchronously."""
        self._lambda.invoke(
            FunctionName=self.name, Payload=json.dumps(event), InvocationType="Event"
        )

    def update_code(self, source: str, **modules: str) -> None:
        """Give it other code, and wait until it has it."""
        self._lambda.update_function_code(FunctionName=self.name, ZipFile=archive(source, modules))
        assert self.settled()["LastUpdateStatus"] == "Successful"

    def configure(self, **settings: Any) -> None:
        """Change settings, and wait until they hold."""
        self._lambda.update_function_configuration(FunctionName=self.name, **settings)
        assert self.settled()["LastUpdateStatus"] == "Successful"


class Functions:
    """Makes functions; all of them are gone at the end."""

    def __init__(self, session: boto3.Session, role: str) -> None:
        self.client: LambdaClient = session.client("lambda", config=ONE_CALL)
        self.role = role
        self._made: list[Function] = []

    def make(self, source: Source, **settings: Any) -> Function:
        """Make a function that can be invoked.

        Args:
            source: Source of its module `app`, or the folder of a live function.
            settings: Parameters of CreateFunction beside or instead of the usual ones; `modules`
                has the source of further modules by name, `variables` the function's variables.
        """
        function = self.declare(source, **settings)
        known = function.settled()
        assert known["State"] == "Active", known.get("StateReason")
        return function

    def declare(self, source: Source, **settings: Any) -> Function:
        """Make a function, which Lambda may find that it can't run."""
        name = settings.pop("FunctionName", f"test-{uuid.uuid4()}")
        modules, variables = settings.pop("modules", {}), settings.pop("variables", {})
        self.client.create_function(
            **{
                "FunctionName": name,
                "Role": self.role,
                "Runtime": RUNTIME,
                "Handler": HANDLER,
                "Architectures": [host_architecture()],
                "Timeout": 20,
                "MemorySize": 256,
                "Code": _code(source, modules),
                "Environment": {"Variables": variables},
                **settings,
            }
        )
        function = Function(self.client, name)
        self._made.append(function)
        return function

    def delete(self) -> None:
        """Delete all of them."""
        for function in self._made:
            with suppress(self.client.exceptions.ResourceNotFoundException):
                self.client.delete_function(FunctionName=function.name)


@contextmanager
def making_functions(session: boto3.Session) -> Iterator[Functions]:
    """Functions with a role of their own; at the end nothing of them is left."""
    role = make_role(session)
    functions = Functions(session, role)
    try:
        yield functions
    finally:
        functions.delete()
        iam: Any = session.client("iam")
        name = role.rpartition("/")[2]
        iam.delete_role_policy(RoleName=name, PolicyName="all")
        iam.delete_role(RoleName=name)


def make_role(session: boto3.Session) -> str:
    """Make a role that may do everything; its ARN."""
    iam: Any = session.client("iam")
    name = f"test-{uuid.uuid4()}"
    trust = _policy("sts:AssumeRole", Principal=_SERVICES)
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    rights = _policy("*", Resource="*")
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=rights)
    return arn


def archive(source: str, modules: Mapping[str, str] | None = None) -> bytes:
    """A zip of a module `app`, and of further modules by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as target:
        for name, text in {"app": source, **(modules or {})}.items():
            target.writestr(f"{name}.py", textwrap.dedent(text))
    return content.getvalue()


def _code(source: Source, modules: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(source, Path):
        return {"S3Bucket": "hot-reload", "S3Key": str(source)}
    return {"ZipFile": archive(source, modules)}


def _policy(action: str, **of: object) -> str:
    statement = {"Effect": "Allow", "Action": action, **of}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
