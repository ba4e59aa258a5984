"""The licences of what is installed, and of what goes on with a function's zip."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ENVIRONMENTS = (".venv", ".envs/engine", ".envs/python3.13", ".envs/debugger")
PERMISSIVE = re.compile(
    r"Apache|MIT|BSD|ISC|PSF|Python Software Foundation|Zope|ZPL|MPL|Mozilla|Public Domain|0BSD"
)
# Each is used unchanged, as files of its own that a user may replace (NOTICE).
WITH_CONDITIONS = {
    *("crontab", "psycopg", "psycopg-binary"),  # LGPL
    "pyte",  # LGPL; for tests alone
}
LISTING = """
import importlib.metadata, json
def licence(of):
    classifiers = [c for c in of.get_all("Classifier", []) if c.startswith("License ::")]
    return of.get("License-Expression") or " ".join(classifiers) or of.get("License", "")[:80]
print(json.dumps({
    d.metadata["Name"].lower().replace("_", "-"): licence(d.metadata)
    for d in importlib.metadata.distributions()
}))
"""


def licences(environment: str) -> dict[str, str]:
    python = ROOT / environment / "bin" / "python"
    found: dict[str, str] = json.loads(subprocess.check_output([python, "-c", LISTING]))
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_package_has_a_licence_of_the_list(environment: str) -> None:
    found = licences(environment)

    assert {n: v for n, v in found.items() if not PERMISSIVE.search(v)}.keys() <= WITH_CONDITIONS
    assert len(found) > 0


def test_the_notice_names_each_package_that_goes_into_the_functions_zip() -> None:
    lock = (ROOT / "functions" / "requirements.txt").read_text()
    packages = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)) - {"tzdata"}

    notice = (ROOT / "NOTICE").read_text()

    assert {one for one in packages if f"  {one} " not in notice} == set()
