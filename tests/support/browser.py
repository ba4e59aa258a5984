"""Chromium, driven by Playwright: Debian's, or another that is on the machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


def chromium() -> str | None:
    """The path of a Chromium: from PATH, else one that Playwright has installed."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
        return path if Path(path).exists() else None


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium without a window.

    Raises:
        NoBrowser: There is none on this machine.
    """
    path = chromium()
    if path is None:
        raise NoBrowser("no browser: apt install chromium, or playwright install chromium")
    # As root Chromium has no sandbox of its own.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield started
        finally:
            started.close()
