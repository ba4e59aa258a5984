"""axe-core, which finds what is not accessible on a page. It comes from npm, where Node is.

https://www.w3.org/WAI/WCAG21/quickref/?currentsidebar=%23col_customize&levels=aaa
"""

import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VERSION = "4.14.1"
_CACHE = Path(__file__).parents[2] / ".envs" / "axe-core"


class NoAxe(Exception):
    """There is no Node, or npm does not answer."""


def violations(page: Page) -> list[str]:
    """What on a page is not as WCAG 2.1 AA asks: rule, and the elements.

    Raises:
        NoAxe: axe-core is not on this machine, and can't be fetched.
    """
    # The page's policy allows no script of another origin; evaluating is not the page's doing.
    page.evaluate(_source())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run({runOnly: {type: 'tag', values: tags}})", tags
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


@cache
def _source() -> str:
    file = _CACHE / VERSION / "package" / "axe.min.js"
    if not file.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise NoAxe("no Node: axe-core comes from npm")
        folder = _CACHE / VERSION
        folder.mkdir(parents=True, exist_ok=True)
        run = subprocess.run(
            [npm, "pack", "--silent", f"axe-core@{VERSION}"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if run.returncode:
            raise NoAxe("axe-core can't be fetched from npm")
        with tarfile.open(folder / run.stdout.strip().splitlines()[-1]) as archive:
            archive.extractall(folder, filter="data")
    return file.read_text()
