"""What scripts/find-tools.sh tells uv and pip about where packages come from."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
SHOWN = ("UV_DEFAULT_INDEX", "PIP_INDEX_URL", "UV_OFFLINE", "UV_FIND_LINKS", "PIP_FIND_LINKS")


def told(**variables: str) -> subprocess.CompletedProcess[str]:
    """Source it with these variables; it prints what a tool that it starts would see."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("UV_", "PIP_", "SSL_"))
    }
    return subprocess.run(
        ["sh", "-euc", ". scripts/find-tools.sh; env"],
        cwd=ROOT,
        env={**own, **variables},
        capture_output=True,
        text=True,
    )


def seen(**variables: str) -> dict[str, str]:
    lines = told(**variables).stdout.splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_certificates_come_from_the_system_unless_that_is_turned_off() -> None:
    assert seen()["UV_SYSTEM_CERTS"] == seen()["UV_NATIVE_TLS"] == "1"
    assert seen(UV_SYSTEM_CERTS="0")["UV_SYSTEM_CERTS"] == "0"


def test_a_file_of_authorities_that_is_set_for_one_tool_counts_for_both() -> None:
    for name in ("SSL_CERT_FILE", "PIP_CERT"):
        variables = seen(**{name: "/company.pem"})

        assert variables["SSL_CERT_FILE"] == variables["PIP_CERT"] == "/company.pem"


def test_an_index_that_is_set_for_one_tool_counts_for_both() -> None:
    index = "https://packages.example.com/simple"

    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        variables = seen(**{name: index})

        assert variables["UV_DEFAULT_INDEX"] == variables["PIP_INDEX_URL"] == index


def test_nothing_is_set_for_an_index_by_itself() -> None:
    variables = seen()

    assert {name for name in SHOWN if name in variables} == set()


def test_with_a_bundle_both_tools_look_there_alone(tmp_path: Path) -> None:
    variables = seen(BUNDLE=str(tmp_path))

    assert variables["UV_FIND_LINKS"] == variables["PIP_FIND_LINKS"] == str(tmp_path)
    assert variables["UV_OFFLINE"] == variables["PIP_NO_INDEX"] == "1"


def test_a_bundle_that_is_missing_is_refused(tmp_path: Path) -> None:
    run = told(BUNDLE=str(tmp_path / "missing"))

    assert run.returncode == 2
    assert "make bundle writes one" in run.stderr
