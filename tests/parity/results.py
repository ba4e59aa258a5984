"""What the behaviours came to on an engine, and the file that tells it."""

import json
from pathlib import Path
from typing import Any

import pytest

KEPT, DIFFERS, NOT_RUN = "kept", "differs", "not run"


class Recorder:
    """Writes down what each behaviour came to, while pytest runs.

    Args:
        path: A JSON file: by name of the test, `outcome` and `detail`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._results: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hear what a test came to; the worst of its phases and parameters counts."""
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        known = self._results.setdefault(name, {"outcome": KEPT, "detail": ""})
        if known["outcome"] == DIFFERS or report.passed:
            return
        if report.failed or hasattr(report, "wasxfail"):
            known.update(outcome=DIFFERS, detail=_last_line(report))
        else:
            known.update(outcome=NOT_RUN, detail=_reason(report))

    def pytest_sessionfinish(self) -> None:
        """Write it."""
        self._path.write_text(json.dumps(self._results, indent=1))


def _last_line(report: pytest.TestReport) -> str:
    crash: Any = getattr(report.longrepr, "reprcrash", None)
    text = str(crash.message if crash else report.longrepr)
    return text.splitlines()[0] if text else ""


def _reason(report: pytest.TestReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")
