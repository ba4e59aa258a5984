"""The contents of a package: the size of each dependency, and its architecture."""

import re
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from mailroom.errors import Refused

# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
_MACHINES = {62: "x86_64", 183: "arm64"}
_COMPILED = re.compile(r"\.(so|pyd|dylib|dll)(\.[\d.]+)?$")
_ELF = b"\x7fELF"


@dataclass(frozen=True)
class Part:
    """One top-level package of the code.

    Attributes:
        name: Its folder or module.
        bytes: Its size, unzipped.
        files: How many files it has.
    """

    name: str
    bytes: int
    files: int


def list_parts(archive: Path) -> list[Part]:
    """The parts of a package, the largest first."""
    sizes: dict[str, list[int]] = defaultdict(list)
    with zipfile.ZipFile(archive) as package:
        for entry in package.infolist():
            sizes[_part(entry.filename)].append(entry.file_size)
    parts = [Part(name, sum(files), len(files)) for name, files in sizes.items()]
    return sorted(parts, key=lambda part: (-part.bytes, part.name))


def require_platform(archive: Path, architecture: str) -> None:
    """Check that every compiled library in a package is for Linux and its architecture.

    Raises:
        Refused: Some are not; the hint names each.
    """
    with zipfile.ZipFile(archive) as package:
        names = [name for name in package.namelist() if _COMPILED.search(name)]
        foreign = [
            f"{name}: for {built}"
            for name in names
            if (built := _platform(package, name)) != architecture
        ]
    if foreign:
        raise Refused(f"the package is for {architecture}, and these are not", "\n".join(foreign))


def _part(name: str) -> str:
    top = name.partition("/")[0]
    distribution = re.match(r"(.+?)-[^-]+\.(dist-info|data)$", top)
    return distribution[1] if distribution else top.removesuffix(".libs").removesuffix(".py")


def _platform(package: zipfile.ZipFile, name: str) -> str:
    with package.open(name) as content:
        header = content.read(20)
    if header[:4] != _ELF:
        return "another system than Linux"
    return _MACHINES.get(int.from_bytes(header[18:20], "little"), "another architecture")
