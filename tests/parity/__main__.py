"""`make parity`: tries the behaviours on every engine, prints the table, writes docs/parity.md."""

import argparse
import datetime
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from mailroom.cli.output import show_json, show_table
from mailroom.errors import MailroomError, Refused
from mailroom.interrupts import interrupt_on_signals, uninterrupted
from mailroom.progress import Progress
from mailroom.project import Project
from tests.parity.behaviours import all_behaviours
from tests.parity.engines import Stack, aws_session
from tests.parity.page import render
from tests.parity.table import Column, Table
from tests.support.constraints.report import take

_TRIED = 0, 1  # What pytest ends with when it has run the tests, whatever they came to.


def main() -> int:
    """Run it; 1 if an engine that has to keep all behaviours differs."""
    parser = argparse.ArgumentParser(prog="make parity", description=__doc__)
    parser.add_argument("--aws", action="store_true", help="on AWS too, with your credentials")
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")
    options = parser.parse_args()
    interrupt_on_signals()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        return _run(Project.find(), Progress(errors), options)
    except MailroomError as error:
        errors.print(f"error: {error}\n{error.hint}".rstrip(), markup=False)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _run(project: Project, progress: Progress, options: argparse.Namespace) -> int:
    engines = _engines(project, options.aws)
    columns, as_aws = [], True
    for stack, engine in engines.items():
        with progress.step(engine) as step:
            column, kept = _try(project, stack, engine)
            step.result = str(column)
        columns.append(column)
        as_aws &= kept or stack in (Stack.localstack, Stack.ministack)
    table = Table(all_behaviours(), columns)
    if options.json:
        show_json(table.to_json())
    else:
        show_table(table.headings, table.rows())
    with progress.step("constraints") as step:
        report = take(project)
        step.result = f"{report.share:.1%} enforced"
    page = render(table, report, datetime.datetime.now(datetime.UTC).date())
    (project.root / "docs" / "parity.md").write_text(page)
    return 0 if as_aws else 1


def _engines(project: Project, aws: bool) -> dict[Stack, str]:
    localstack = _locked(project, "requirements.txt", "localstack-core")
    ministack = _locked(project, "ministack.txt", "ministack")
    engines = {
        Stack.embedded: f"Mailroom, LocalStack {localstack} with our plugin",
        Stack.localstack: f"LocalStack, {localstack} as it comes",
        Stack.ministack: f"MiniStack, {ministack}",
    }
    if aws:
        engines[Stack.aws] = f"AWS, {_region()}"
    return engines


def _locked(project: Project, lock: str, name: str) -> str:
    text = (project.root / "emulator" / lock).read_text()
    found = re.search(rf"^{name}==(\S+)", text, re.MULTILINE)
    assert found, f"{lock} has no {name}"
    return found[1]


def _region() -> str:
    """The region of the caller's AWS; an emulator that plays it is refused."""
    session = aws_session()
    endpoint = session.client("sts").meta.endpoint_url
    if ".amazonaws.com" not in endpoint:
        raise Refused(f"{endpoint} is not AWS", "unset AWS_ENDPOINT_URL")
    return str(session.region_name)


def _try(project: Project, stack: Stack, engine: str) -> tuple[Column, bool]:
    """Run the tests on one engine; what they came to, and whether pytest is content."""
    home = project.state / "parity"
    home.mkdir(parents=True, exist_ok=True)
    results = home / f"{stack}.json"
    results.unlink(missing_ok=True)
    log = home / f"{stack}.log"
    code = _pytest(project, log, f"--stack={stack}", f"--parity-results={results}")
    if code not in _TRIED or not results.exists():
        seen = log.read_text().splitlines()[-20:]
        raise MailroomError(f"the behaviours could not be tried on {engine}", "\n".join(seen))
    return Column(engine, json.loads(results.read_text())), code == 0


def _pytest(project: Project, log: Path, *options: str) -> int:
    """Run the tests to their end, or to an end that takes the engine down; the exit code."""
    command = [sys.executable, "-m", "pytest", str(Path(__file__).parent), "--tb=short", *options]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=project.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # A shell that started us in the background may ignore interrupts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as run,
    ):
        try:
            return run.wait()
        except KeyboardInterrupt:
            with uninterrupted():
                run.send_signal(signal.SIGINT)
                run.wait()
            raise


if __name__ == "__main__":
    sys.exit(main())
