"""A steady load with random faults, and the checker at the end: `make soak MINUTES=10`."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from rich.console import Console

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.ports import free_port
from mailroom.environments.up_options import UpOptions
from mailroom.progress import Progress
from mailroom.project import Project
from tests.faults.chaos import Chaos
from tests.faults.memory import Memory
from tests.faults.run import Run
from tests.support.flow import Flow

_BATCH = 100
_AT_ONCE = 2
_WARM_UP_SECONDS = 60
_REPORT_SECONDS = 10
_FLAT = 1.10


def soak(embedded: EmbeddedEnvironment, seconds: float, say: Callable[[str], None]) -> bool:
    """Run the load for so long; whether nothing was lost, doubled or grown."""
    environment = embedded.connect()
    with psycopg.connect(environment.database, autocommit=True) as database:
        run, memory = Run(Flow(environment, database)), Memory(embedded)
        chaos = Chaos(run, embedded)
        run.shorten_visibility()
        begun = reported = time.monotonic()
        while (elapsed := time.monotonic() - begun) < seconds:
            while run.running() < _AT_ONCE:
                run.start(run.events(_BATCH))
            say_fault = chaos.strike()
            if say_fault:
                say(f"{elapsed:5.0f} s  {say_fault}")
            if elapsed > _WARM_UP_SECONDS:
                memory.sample()
            if time.monotonic() - reported > _REPORT_SECONDS:
                reported = time.monotonic()
                say(f"{elapsed:5.0f} s  {run.checker.attempted} sent, {run.rows()} ingested")
        chaos.close()
        verdict = run.finish()
        say(f"       {verdict}")
        say(f"       {memory}")
        say(f"       faults: {chaos}")
        return verdict.clean and memory.growth <= _FLAT


def main() -> int:
    """Bring an environment of its own up, soak it, and take it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mailroom-soak-") as folder:
        embedded = EmbeddedEnvironment(Project.find(state=Path(folder) / "state"))
        try:
            start_environment(embedded, Progress(Console(stderr=True)), UpOptions(port=free_port()))
            clean = soak(embedded, options.minutes * 60, lambda text: print(text, flush=True))
        finally:
            embedded.reset()
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
