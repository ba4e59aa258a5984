"""Takes every figure in an environment of its own, prints the table, writes it as JSON."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    commands,
    compose,
    console,
    durability,
    enforcement,
    flow,
    functions,
    logs,
    memory,
    start,
    validation,
)
from benchmarks.figure import Figure
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.project import Project
from tests.support.browser import chromium


def main() -> int:
    checkout = Project.find()
    project = Project.find(state=checkout.state / "bench")
    terminal = Console(stderr=True)
    figures = []
    try:
        for figure in _figures(project):
            terminal.print(f"{figure.name}: {figure.measured:.2f}")
            figures.append(figure)
    finally:
        EmbeddedEnvironment(project).reset()
    _show(figures)
    results = checkout.state / "bench.json"
    results.write_text(json.dumps([figure.to_json() for figure in figures], indent=2))
    terminal.print(f"written to {results.relative_to(Path.cwd(), walk_up=True)}")
    return 0 if all(figure.met for figure in figures) else 1


def _figures(project: Project) -> Iterator[Figure]:
    yield start.measure_up(project)
    yield start.measure_templates(project)
    yield console.measure_up_with_console(project)
    if compose.engine_answers(project):
        yield compose.measure_compose(project)
    start.run_mailroom(project, "up")
    embedded = EmbeddedEnvironment(project)
    environment = embedded.connect()
    yield from commands.measure_commands(project, environment)
    yield functions.measure_cold(project, environment)
    yield functions.measure_warm(environment)
    yield flow.measure_flow(environment)
    yield flow.measure_growth(environment)
    yield enforcement.measure_enforcement(project)
    yield from durability.measure_durability(project)
    yield from validation.measure_validation(project)
    yield logs.measure_filters(environment)
    if chromium():
        yield from console.measure_console(project, environment)
    state = embedded.state
    assert state
    yield memory.measure_environment(state)
    yield memory.measure_function(state)


def _show(figures: list[Figure]) -> None:
    table = Table("figure", "measured", "against", "reference", "ratio", "at most", "")
    for figure in figures:
        against = figure.reference is not None
        table.add_row(
            figure.name,
            f"{figure.value:.2f} {figure.unit}",
            figure.against,
            f"{figure.reference:.2f} {figure.unit}" if against else "",
            f"{figure.measured:.2f}" if against else "",
            f"{figure.limit:g} ×" if against else f"{figure.limit:.0f} {figure.unit}",
            "✓" if figure.met else "✗",
        )
    Console(width=None if sys.stdout.isatty() else 140).print(table)


if __name__ == "__main__":
    sys.exit(main())
