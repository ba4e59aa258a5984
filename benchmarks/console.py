"""What the console costs, and how soon it shows what happens."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from playwright.sync_api import Page

from benchmarks.figure import Figure, in_turn, median, seconds
from benchmarks.flow import send
from benchmarks.start import run_mailroom
from mailroom.console.background import ConsoleProcess
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.load.memory import megabytes
from mailroom.project import Project
from tests.support.browser import browser
from tests.support.events import mixed
from tests.support.flow import until

ROUNDS = 7


def measure_console(project: Project, environment: Environment) -> Iterator[Figure]:
    """A batch with the Flow page open, how soon the page shows an event, a large batch, memory.

    Raises:
        NoBrowser: There is no Chromium on this machine.
    """
    with browser() as chromium, _console(project) as (url, process):
        page = chromium.new_page()
        yield _measure_flow(environment, page, url)
        yield _measure_delay(environment, page, url)
        send(environment, mixed(10_000))
        yield _measure_large_batch(environment, page, url)
        memory = megabytes(process)
        yield Figure("memory of the console after 10,000 messages", memory, "", None, 120, "MB")


def measure_up_with_console(project: Project) -> Figure:
    """`mailroom up --console` as a whole process, beside `up`, `down` before each."""
    with_console, without = in_turn(ROUNDS, lambda: _up(project, "--console"), lambda: _up(project))
    return Figure("up --console", with_console, "up", without, 1.05, "s")


@contextmanager
def _console(project: Project) -> Iterator[tuple[str, psutil.Process]]:
    console = ConsoleProcess(project)
    url = console.start(free_port())
    try:
        console.wait(url)
        folder = str((project.state / "console").resolve())
        yield url, next(one for one in psutil.process_iter() if _works_in(one, folder))
    finally:
        console.stop()


def _works_in(process: psutil.Process, folder: str) -> bool:
    try:
        return Path(process.cwd()) == Path(folder)
    except psutil.Error:
        return False


def _measure_flow(environment: Environment, page: Page, url: str) -> Figure:
    def watched() -> float:
        page.goto(f"{url}/flow")
        page.locator("#connection.on").wait_for(state="attached")
        return send(environment, mixed(1000))

    def alone() -> float:
        page.goto("about:blank")
        return send(environment, mixed(1000))

    opened, closed = in_turn(ROUNDS, watched, alone)
    return Figure("1,000 messages, Flow open", opened, "the same without", closed, 1.05, "s")


def _measure_delay(environment: Environment, page: Page, url: str) -> Figure:
    sqs, queue = environment.session.client("sqs"), environment.topology.queue("UnroutedQueue").url
    node = page.locator("#node-UnroutedQueue")
    page.goto(f"{url}/flow")
    page.locator("#connection.on").wait_for(state="attached")
    taken = []
    for count in range(1, 8):
        started = time.perf_counter()
        sqs.send_message(QueueUrl=queue, MessageBody="seen")
        node.filter(has_text=f"{count} waiting").wait_for()
        taken.append(time.perf_counter() - started)
    sqs.purge_queue(QueueUrl=queue)
    return Figure("from an event to its being on the page", median(taken), "", None, 1.5, "s")


def _measure_large_batch(environment: Environment, page: Page, url: str) -> Figure:
    with psycopg.connect(environment.database) as connection:
        row = connection.execute(
            "SELECT batch_id FROM messages GROUP BY batch_id ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()
    assert row
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    taken = []
    for _ in range(5):
        # Another address each time, so that nothing of an earlier page is used.
        page.goto(f"{url}/batches/{row[0]}?{uuid.uuid4()}")
        until(lambda: page.evaluate(f"{paint} > 0"), "the first paint")
        taken.append(page.evaluate(paint) / 1000)
    return Figure("page of a batch of 10,000, first paint", median(taken), "", None, 0.5, "s")


def _up(project: Project, *options: str) -> float:
    taken = seconds(lambda: run_mailroom(project, "up", *options))
    run_mailroom(project, "down")
    return taken
