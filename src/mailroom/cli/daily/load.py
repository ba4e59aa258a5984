"""`mailroom load`."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json
from mailroom.errors import EXIT_FAILURE
from mailroom.progress import Progress, Step
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.load.run import Result
    from mailroom.load.sampling import Sampler


def load(
    count: Annotated[int, typer.Argument(min=1, help="How many messages.")] = 10_000,
    seed: Annotated[
        int | None, typer.Option(help="The same seed sends the same messages; else new ones.")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Messages of one batch.")] = 10_000,
    at_once: Annotated[int, typer.Option(min=1, help="Batches at once.")] = 4,
    json: AsJson = False,
) -> None:
    """Send many generated messages, measure the environment meanwhile, and check every row.

    The messages are made from the types' samples. Report and picture go to the state's folder;
    `mailroom estimate` takes its counts from there.
    """
    from mailroom.cli.connection import connected
    from mailroom.load.generated import Generator
    from mailroom.load.run import Load, Plan
    from mailroom.types.described import read_types

    project = Project.find_workflow()
    environment = connected(project)
    chosen = random.SystemRandom().randrange(10**9) if seed is None else seed
    generator = Generator(read_types(project), chosen)
    plan = Plan(count, batch_size, at_once)
    with Progress(errors).step(f"{count} messages of seed {chosen}") as step:
        result = Load(project, environment, generator, plan, _shown(step, count)).run()
    _save(project, result)
    if json:
        show_json(result.to_json())
    else:
        _show(result)
    if not result.verdict.clean:
        raise typer.Exit(EXIT_FAILURE)


def _shown(step: Step, count: int) -> Callable[["Sampler"], None]:
    def show(sampler: "Sampler") -> None:
        newest = sampler.samples[-1]
        step.update(
            f"{newest.published} published, {newest.settled} of {count} settled,"
            f" {sampler.rate():.0f}/s, {newest.waiting} waiting"
        )

    return show


def _save(project: Project, result: "Result") -> None:
    from mailroom.estimating.measured import LAST_RUN
    from mailroom.load.plot import draw

    folder = project.state / "load" / f"{result.began:%Y%m%dT%H%M%S}"
    folder.mkdir(parents=True, exist_ok=True)
    result.save(folder)
    draw(result.samples, folder / "plot.png")
    result.measured.save(project.state / LAST_RUN)
    errors.print(f"written: {folder / 'report.json'}, {folder / 'plot.png'}", markup=False)


def _show(result: "Result") -> None:
    print(f"rate: {result.rate:.0f} messages/s, {result.plan.count} in {result.seconds:.1f} s")
    half, most = result.percentile(50), result.percentile(99)
    if half is not None and most is not None:
        print(
            f"from publish to row: p50 {half:.0f} ms, p99 {most:.0f} ms"
            f" ({len(result.latencies)} messages looked at)"
        )
    deepest = max(one.waiting + one.in_flight for one in result.samples)
    print(f"deepest queues: {deepest} messages")
    if memory := _most(result):
        print(f"most memory: {memory}")
    print(result.verdict)


def _most(result: "Result") -> str:
    names = result.samples[-1].memory
    most = {name: max(one.memory.get(name, 0.0) for one in result.samples) for name in names}
    return ", ".join(f"{name} {used:.0f} MB" for name, used in most.items())
