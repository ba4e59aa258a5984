"""The functions in LocalStack's container: their code, and what they may do."""

import json
import textwrap

from mailroom.environments.compose.environment import LOCALSTACK
from mailroom.packaging.archive import build_archive
from mailroom.packaging.dependencies import host_architecture
from tests.compose.conftest import Stack
from tests.support.flow import Flow
from tests.support.functions import making_functions

WRITES = textwrap.dedent("""
    import pathlib

    def handler(event, context):
        return [attempt(pathlib.Path(place) / "written") for place in event]

    def attempt(target):
        try:
            target.write_text("written")
        except OSError as error:
            return type(error).__name__
""")


def test_an_edit_of_a_function_counts_at_its_next_invocation(stack: Stack, flow: Flow) -> None:
    handler = stack.project.functions / "migrate_database" / "handler.py"
    before = handler.read_text()
    name = flow.environment.outputs["MigrateDatabaseFunctionName"]
    client = flow.environment.session.client("lambda")

    handler.write_text(f"{before}\n\ndef handler(event, context):\n    return 'edited'\n")
    edited = client.invoke(FunctionName=name)["Payload"].read()
    handler.write_text(before)
    migrated = client.invoke(FunctionName=name)["Payload"].read()

    assert json.loads(edited) == "edited"
    assert json.loads(migrated)["applied"] == []


def test_the_container_packs_the_very_zip_that_goes_to_aws(stack: Stack) -> None:
    program = "from mailroom.environments.compose import deploy; print(deploy.package().name)"

    packed = stack.run(
        LOCALSTACK,
        *("env", "PYTHONPATH=/opt/mailroom/checkout/src"),
        *("/opt/mailroom/deployment/bin/python", "-c", program),
    )

    assert packed.strip() == build_archive(stack.project, host_architecture()).name


def test_a_function_writes_in_tmp_and_nowhere_else(flow: Flow) -> None:
    places = ["/tmp", "/var/lib/localstack", "/opt/mailroom/functions", "/run/mailroom/postgres"]

    with making_functions(flow.environment.session) as functions:
        written = functions.make(WRITES).invoke(places).value

    assert written[0] is None
    assert None not in written[1:]
