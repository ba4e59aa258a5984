"""`make install` where the one way out is a company's proxy, whose authority only it knows.

What is installed are small packages of the test's own, in the place of what the locks name: pip
and uv themselves are the real ones, and so is scripts/install.sh.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.project import Project
from tests.support.intercepting_proxy import INDEX, Proxy, digest, intercepting_proxy

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "emulator/requirements.txt", "emulator/runtime.txt")
METADATA = "Metadata-Version: 2.1\nName: {0}\nVersion: {1}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """A wheel with these files."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    contents = {
        **files,
        f"{info}/METADATA": METADATA.format(name, version),
        f"{info}/WHEEL": WHEEL,
    }
    record = "".join(f"{one},,\n" for one in (*contents, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**contents, f"{info}/RECORD": record}.items():
            entry = zipfile.ZipInfo(file)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, text)
    return path


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    """A proxy to an index that has uv and the package `tiny`."""
    with intercepting_proxy(tmp_path) as proxy:
        real = shutil.which(Project.find().uv)
        program = f'#!/bin/sh\nexec {real} "$@"\n'
        wheel(proxy.wheels, "uv", "0.9.0", {"uv-0.9.0.data/scripts/uv": program})
        wheel(proxy.wheels, "tiny", "1.0", {"tiny.py": ""})
        yield proxy


@pytest.fixture
def checkout(tmp_path: Path, proxy: Proxy) -> Path:
    """A checkout with nothing installed, whose locks name `tiny` alone."""
    checkout = tmp_path / "checkout"
    skipped = shutil.ignore_patterns("__pycache__")
    for part in ("scripts", "src", "rules", "emulator"):
        shutil.copytree(ROOT / part, checkout / part, ignore=skipped)
    for part in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / part, checkout)
    (tiny,) = proxy.wheels.glob("tiny-*")
    for lock in (*LOCKS, "emulator/debugger.txt"):
        (checkout / lock).write_text(f"tiny==1.0 --hash=sha256:{digest(tiny)}\n")
    return checkout


def install(checkout: Path, proxy: Proxy, **variables: str) -> subprocess.CompletedProcess[str]:
    """Install as a person does who has Python 3.13 and no uv, and no way but the proxy."""
    home, programs = checkout.with_name("home"), checkout.with_name("programs")
    for folder in (home, programs):
        folder.mkdir(exist_ok=True)
    python = programs / "python3.13"
    if not python.exists():
        python.symlink_to(Path(sys.executable).resolve())
    address = f"http://127.0.0.1:{proxy.port}"
    return subprocess.run(
        [checkout / "scripts" / "install.sh"],
        env={
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            # Not what this machine has set for pip.
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": INDEX,
            "HTTPS_PROXY": address,
            "HTTP_PROXY": address,
            **variables,
        },
        capture_output=True,
        text=True,
    )


def test_with_the_companys_authority_pip_and_uv_install_through_the_proxy(
    checkout: Path, proxy: Proxy
) -> None:
    run = install(checkout, proxy, SSL_CERT_FILE=str(proxy.authority))

    assert run.returncode == 0, run.stderr
    assert ".venv: ready" in run.stdout
    python = checkout / ".venv" / "bin" / "python"
    subprocess.run([python, "-c", "import tiny, mailroom, mailroom_rules"], check=True)
    assert any("/files/uv-" in one for one in proxy.served), "pip"
    assert any("/files/tiny-" in one for one in proxy.served), "uv"


def test_without_the_companys_authority_nothing_is_installed(checkout: Path, proxy: Proxy) -> None:
    run = install(checkout, proxy)

    assert run.returncode != 0
    assert "certificate" in run.stdout + run.stderr
    assert proxy.served == []
    assert not (checkout / ".venv").exists()
