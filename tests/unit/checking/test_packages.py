"""What is wrong with a package is found in its files."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.rule import REGISTER
from mailroom.packaging.archive import UNZIPPED_LIMIT

type Load = Callable[[str], Definitions]

X86_64, AARCH64 = 62, 183


def library(folder: Path, name: str, machine: int, magic: bytes = b"\x7fELF") -> None:
    path = folder / "psycopg_binary" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(magic + bytes(14) + machine.to_bytes(2, "little") + bytes(44))


def wheel(folder: Path, tag: str) -> None:
    path = folder / "psycopg_binary-3.3.0.dist-info" / "WHEEL"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"Wheel-Version: 1.0\nTag: cp313-cp313-{tag}\n")


def problems(load: Load, rule: str, folder: Path) -> list[str]:
    definitions = replace(load(rule), packages={"x86_64": folder})
    return [str(f.at) + " " + f.message for f in REGISTER[rule].findings(definitions)]


def test_a_package_for_the_functions_platform_is_fine(load: Load, tmp_path: Path) -> None:
    library(tmp_path, "_psycopg.cpython-313-x86_64-linux-gnu.so", X86_64)
    wheel(tmp_path, "manylinux_2_28_x86_64")

    assert problems(load, "package-platform", tmp_path) == []


@pytest.mark.parametrize(
    ("name", "machine", "magic", "said"),
    [
        ("_psycopg.cpython-313-aarch64-linux-gnu.so", AARCH64, b"\x7fELF", "for arm64"),
        ("_psycopg.cpython-313-darwin.so", 0, b"\xcf\xfa\xed\xfe", "another system"),
        ("_psycopg.cpython-312-x86_64-linux-gnu.so", X86_64, b"\x7fELF", "Python 3.12"),
    ],
)
def test_a_library_for_another_platform_is_found(
    name: str, machine: int, magic: bytes, said: str, load: Load, tmp_path: Path
) -> None:
    library(tmp_path, name, machine, magic)

    (problem,) = problems(load, "package-platform", tmp_path)

    assert problem.startswith("functions/requirements.txt:1 psycopg_binary")
    assert said in problem


@pytest.mark.parametrize("tag", ["musllinux_1_2_x86_64", "manylinux_2_39_x86_64"])
def test_a_wheel_for_another_c_library_is_found(tag: str, load: Load, tmp_path: Path) -> None:
    wheel(tmp_path, tag)

    assert problems(load, "package-platform", tmp_path)


def test_a_package_above_250_mb_is_found(load: Load, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(UNZIPPED_LIMIT + 1)

    assert problems(load, "package-size", tmp_path)


def test_an_architecture_without_wheels_is_found(load: Load) -> None:
    definitions = replace(load("package-platform"), package_faults={"arm64": "no wheels"})

    assert list(REGISTER["package-platform"].findings(definitions))
