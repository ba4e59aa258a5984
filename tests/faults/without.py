"""Takes protections out, one by one, and shows that a fault test notices.

`python -m tests.faults.without`, with an environment that is up (MAILROOM_STATE): its functions
run from a copy of their code meanwhile; the checkout stays as it is.
"""

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.project import Project
from mailroom.testing.purging import purge
from tests.faults.code import altered
from tests.faults.processes import FunctionProcesses
from tests.faults.protections import PROTECTIONS, Protection


def main() -> int:
    """Try all, or those whose name or test holds the words that are given; 1 if a test noticed
    nothing."""
    project = Project.find()
    embedded = EmbeddedEnvironment(project)
    calm(embedded)
    unnoticed = 0
    for one in PROTECTIONS:
        if not all(word in f"{one.name} {one.test}" for word in sys.argv[1:]):
            continue
        with altered(embedded, one.function, *one.passages) as code:
            run = run_without(one, project.root, code)
        calm(embedded)
        noticed = run.returncode == 1 and failed_throughout(run.stdout)
        unnoticed += not noticed
        result = "noticed" if noticed else "NOT NOTICED"
        print(f"{result}: without “{one.name}”, by {one.test}", flush=True)
        if not noticed:
            print(run.stdout[-2000:])
    return 1 if unnoticed else 0


def run_without(protection: Protection, root: Path, code: Path) -> subprocess.CompletedProcess[str]:
    """Run a protection's test; what imports the functions' code itself gets the altered one."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--stack", "attach"),
            *("-o", f"pythonpath={code} emulator/plugin/src rules/src ."),
            f"tests/faults/{protection.test}",
        ],
        cwd=root,
        capture_output=True,
        text=True,
    )


def calm(embedded: EmbeddedEnvironment) -> None:
    """End what a test that failed left at work: it would do the next one's, with sound code."""
    environment = embedded.connect()
    steps = environment.session.client("stepfunctions")
    sqs = environment.session.client("sqs")
    running = steps.list_executions(
        stateMachineArn=environment.outputs["MessageWorkflowArn"], statusFilter="RUNNING"
    )
    for execution in running["executions"]:
        steps.stop_execution(executionArn=execution["executionArn"])
    with psycopg.connect(environment.database) as database:
        for process in FunctionProcesses(embedded, database).at_work():
            with suppress(psutil.NoSuchProcess):
                process.kill()
    for queue in ("NotificationQueue", "AlertQueue"):
        purge(sqs, environment.outputs[f"{queue}Url"])


def failed_throughout(output: str) -> bool:
    """Whether tests failed by what they saw, and none of them could not be run."""
    summary = output.strip().rpartition("\n")[2]
    return bool(re.search(r"\d+ failed", summary)) and "error" not in summary


if __name__ == "__main__":
    sys.exit(main())
