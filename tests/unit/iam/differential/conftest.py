"""Node and the packages that judge; without either, what needs them is skipped."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")


@pytest.fixture(scope="session")
def node() -> str:
    """Node, with the judge installed beside this file."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the differential run needs Node: there is no node and npm on the PATH")
    if not (HERE / "node_modules/@cloud-copilot/iam-simulate").is_dir():
        try:
            subprocess.run([npm, *INSTALL], cwd=HERE, check=True, capture_output=True, timeout=60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("the differential run needs @cloud-copilot/iam-simulate: npm can't get it")
    return node
