"""Node and the packages that judge; without either, what needs them is skipped."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules/.package-lock.json"  # What npm writes last.
INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")


@pytest.fixture(scope="session")
def node() -> str:
    """Node, with the judge installed beside this file."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the differential run needs Node: there is no node and npm on the PATH")
    with (HERE / "package.json").open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not INSTALLED.is_file():
            _install(npm)
    return node


def _install(npm: str) -> None:
    try:
        subprocess.run([npm, *INSTALL], cwd=HERE, check=True, capture_output=True, timeout=180)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("the differential run needs @cloud-copilot/iam-simulate: npm can't get it")
