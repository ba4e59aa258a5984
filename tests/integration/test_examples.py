"""Each application of examples/ is small, documented, and passes its own tests."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(template.parent for template in EXAMPLES.glob("*/template.yaml"))
MOST_LINES = 150
CODE = (".py", ".mjs", ".yaml")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_own_tests_pass(folder: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]

    run = subprocess.run([*command, folder], cwd=folder, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_is_small_and_has_a_page(folder: Path) -> None:
    sources = [file for file in folder.rglob("*") if file.suffix in CODE]
    product = [file for file in sources if not file.name.startswith("test_")]
    lines = sum(len(file.read_text().splitlines()) for file in product)

    assert lines <= MOST_LINES
    assert (folder / "README.md").is_file()
    assert f"[{folder.name}]" in (EXAMPLES / "README.md").read_text()
