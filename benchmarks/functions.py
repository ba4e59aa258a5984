"""How long an invocation takes: cold beside a bare interpreter, warm beside GetCallerIdentity."""

import io
import subprocess
import uuid
import zipfile
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, in_turn, median, seconds
from mailroom.environments.environment import Environment
from mailroom.packaging.dependencies import RUNTIME, host_architecture
from mailroom.project import Project
from tests.support.functions import make_role

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

COLD_ROUNDS = 9
WARM_ROUNDS = 200
_CODE = "def handler(event, context):\n    return event\n"


def measure_cold(project: Project, environment: Environment) -> Figure:
    """The first invocation of a trivial function."""
    client = environment.session.client("lambda")
    role = make_role(environment.session)
    names = iter([create_trivial(client, role) for _ in range(COLD_ROUNDS)])
    interpreter = project.interpreter(RUNTIME)

    def bare() -> None:
        subprocess.run([interpreter, "-c", "import awslambdaric.bootstrap"], check=True)

    cold, reference = in_turn(
        COLD_ROUNDS, lambda: seconds(lambda: invoke(client, next(names))), lambda: seconds(bare)
    )
    against = "a bare interpreter importing awslambdaric"
    return Figure("first invoke (cold)", cold * 1000, against, reference * 1000, 2.0, "ms")


def measure_warm(environment: Environment) -> Figure:
    """An invocation of a trivial function that is warm."""
    client = environment.session.client("lambda")
    sts = environment.session.client("sts")
    name = create_trivial(client, make_role(environment.session))
    invoke(client, name)
    pairs = [
        (seconds(lambda: invoke(client, name)), seconds(sts.get_caller_identity))
        for _ in range(WARM_ROUNDS)
    ]
    warm, reference = (median(values) * 1000 for values in zip(*pairs, strict=True))
    return Figure("warm invoke", warm, "GetCallerIdentity", reference, 2.5, "ms")


def create_trivial(client: "LambdaClient", role: str) -> str:
    """A function that returns what it is given; its name."""
    name = f"trivial-{uuid.uuid4().hex[:8]}"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("trivial.py", _CODE)
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="trivial.handler",
        Role=role,
        Architectures=["arm64" if host_architecture() == "arm64" else "x86_64"],
        Code={"ZipFile": archive.getvalue()},
    )
    client.get_waiter("function_active_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    return name


def invoke(client: "LambdaClient", name: str) -> None:
    """Invoke it once, successfully."""
    answer = client.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    answer["Payload"].read()
