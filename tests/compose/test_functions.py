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

# https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-START-UP
LOGS_IN = textwrap.dedent("""
    import glob, socket, struct

    def handler(event, context):
        options = b"user\\0" + event.encode() + b"\\0database\\0postgres\\0\\0"
        with socket.create_connection(("postgres", 5432), 5) as connection:
            connection.sendall(struct.pack("!ii", len(options) + 8, 196608) + options)
            kind, _, method = struct.unpack("!cii", connection.recv(9))
        sockets = glob.glob("/run/**/.s.PGSQL.*", recursive=True)
        return [kind.decode(), method, sockets + glob.glob("/tmp/**/.s.PGSQL.*", recursive=True)]
""")
ASKED_FOR_A_PASSWORD = ["R", 10]


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
    places = ["/tmp", "/var/lib/localstack", "/opt/mailroom/functions", "/run/mailroom/logins"]

    with making_functions(flow.environment.session) as functions:
        written = functions.make(WRITES).invoke(places).value

    assert written[0] is None
    assert None not in written[1:]


def test_a_function_has_no_way_to_become_the_superuser(flow: Flow) -> None:
    with making_functions(flow.environment.session) as functions:
        *answer, sockets = functions.make(LOGS_IN).invoke("postgres").value

    assert answer == ASKED_FOR_A_PASSWORD
    assert sockets == []
