"""`mailroom check`."""

import json as json_module
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from mailroom.cli.options import AsJson
from mailroom.cli.output import console, errors, show_json, show_table
from mailroom.errors import EXIT_FAILURE, Refused
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.wording import counted

if TYPE_CHECKING:
    from mailroom.checking.definitions import Definitions
    from mailroom.checking.finding import Finding
    from mailroom.checking.template.source import Source

_STYLES = {"error": "red bold", "warning": "yellow"}


def check(
    sarif: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write SARIF 2.1.0, for code scanning.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="COMMIT", help="What was deployed before: names changed filters."),
    ] = None,
    package: Annotated[
        bool, typer.Option(help="Package the dependencies, and look at their wheels and size.")
    ] = True,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules instead.")] = False,
    json: AsJson = False,
) -> None:
    """Find what would fail in AWS. Exit codes: 0 nothing, 1 findings, 2 unusable input."""
    if rules:
        _show_rules(json)
        return
    started = time.monotonic()
    from mailroom.checking.reading import load_beside, load_definitions
    from mailroom.checking.run import check as run
    from mailroom.checking.type_limits import type_limits
    from mailroom.environments.table_trial import require_tables
    from mailroom.types.definitions import require_current

    project = Project.find()
    definitions = load_definitions(project)
    types = require_current(project)
    require_tables(project)
    if since:
        definitions = replace(definitions, previous=_previous(definitions, since))
    # Of other applications `up --packaged` builds the packages.
    if package and project.is_workflow:
        from mailroom.checking.code.package import with_packages

        with Progress(errors).waiting_for("Packaging the functions' dependencies"):
            definitions, notes = with_packages(project, definitions)
        for note in notes:
            errors.print(note, style="yellow")
    each = (definitions, *load_beside(project))
    # The policies beside the templates are found with each of them.
    with Progress(errors).waiting_for("Checking the definitions"):
        findings = list(dict.fromkeys(found for one in each for found in run(one)))
        limits = type_limits(project, definitions, types)
    if sarif:
        _write_sarif(sarif, findings)
    open_findings = [finding for finding in findings if finding.suppressed is None]
    if json:
        show_json(_document(findings))
    else:
        _show(open_findings)
    _summarise(definitions, findings, time.monotonic() - started)
    if limits:
        errors.print(f"room for {limits[0]}", markup=False)
    if open_findings:
        raise typer.Exit(EXIT_FAILURE)


def _show(findings: Sequence["Finding"]) -> None:
    if not console.is_terminal:
        show_table(
            ["severity", "place", "rule", "finding", "in AWS", "page", "fix"],
            [[f.severity, f.at, f.rule, f.message, f.why, f.page, f.fix] for f in findings],
        )
        return
    for f in findings:
        console.print(Text.assemble((f"{f.at}  ", "bold"), (f.rule, _STYLES[f.severity])))
        said = Text.assemble(
            (f"{f.message}\n", "bold"), f"In AWS: {f.why}\n", (f"Fix: {f.fix}", "green")
        )
        console.print(Padding(said, (0, 0, 0, 2)))
        # The terminal breaks what is too long, so that it is copied whole.
        console.print(Text(f"  {f.page}\n", style=f"dim link {f.page}"), soft_wrap=True)


def _document(findings: Sequence["Finding"]) -> list[dict[str, object]]:
    documents = []
    for finding in findings:
        document = asdict(finding)
        documents.append({**document.pop("at"), **document})
    return documents


def _summarise(definitions: "Definitions", findings: Sequence["Finding"], seconds: float) -> None:
    suppressed = sum(finding.suppressed is not None for finding in findings)
    names = ", ".join(target.name for target in definitions.targets)
    found = counted(len(findings) - suppressed, "finding")
    if suppressed:
        found += f", {suppressed} suppressed"
    errors.print(f"{found} · {names} · {seconds:.1f} s")


def _write_sarif(path: Path, findings: list["Finding"]) -> None:
    from mailroom.checking.sarif import as_sarif

    path.write_text(json_module.dumps(as_sarif(findings), indent=1, ensure_ascii=False) + "\n")


def _previous(definitions: "Definitions", commit: str) -> "Source":
    from mailroom.checking.template.source import Source

    file = definitions.template.file
    run = subprocess.run(
        ["git", "show", f"{commit}:{file}"], cwd=definitions.root, capture_output=True, text=True
    )
    if run.returncode:
        raise Refused(f"git has no {file} of {commit}", run.stderr.strip())
    return Source.parse(run.stdout, f"{commit}:{file}")


def _show_rules(json: bool) -> None:
    from mailroom.checking.run import rules

    listed = rules()
    if json:
        hidden = ("find", "module")
        show_json([{k: v for k, v in asdict(one).items() if k not in hidden} for one in listed])
    else:
        show_table(
            ["rule", "severity", "finds", "fix"],
            [[one.id, one.severity, one.title, one.fix] for one in listed],
            below=("fix",),
        )
