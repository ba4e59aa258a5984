"""The functions' dependencies are installed once, however many processes ask for them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mailroom.packaging.dependencies import install_requirements

# Installs a module, and says that it did.
UV = """#!/bin/sh
while [ "$1" != --target ]; do shift; done
mkdir -p "$2" && touch "$2/module.py" && echo installed >>"$(dirname "$0")/log"
"""


def test_of_several_that_ask_at_once_one_installs(tmp_path: Path) -> None:
    uv, lock = tmp_path / "uv", tmp_path / "requirements.txt"
    uv.write_text(UV)
    uv.chmod(0o700)
    lock.touch()

    def install(_: int) -> bool:
        folder = tmp_path / "build" / "live"
        install_requirements(str(uv), Path("/environment/bin/python"), lock, folder, None)
        return (folder / "module.py").exists()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(install, range(8)))

    assert found == [True] * 8
    assert (tmp_path / "log").read_text() == "installed\n"
