"""The package: wheels of the right platform, and its size."""

import re
from collections.abc import Iterator
from pathlib import Path

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.messaging.queues import FUNCTION
from mailroom.packaging.archive import UNZIPPED_LIMIT

_PACKAGES = "lambda/latest/dg/python-package.html"
# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
_MACHINES = {62: "x86_64", 183: "arm64"}
_GLIBC = 34  # Amazon Linux 2023, which Python 3.12 and later run on, has glibc 2.34
_ABI = re.compile(r"\.(?:cpython-|cp)(\d+)")


def _architectures(definitions: Definitions) -> Iterator[tuple[str, str, Path]]:
    """Each function with its architecture and the package that was built for that."""
    for stack in definitions.known_stacks:
        for function in stack.of_type(FUNCTION):
            architecture = function.get("Architectures", 0) or "x86_64"
            if architecture in definitions.packages:
                yield function.id, architecture, definitions.packages[architecture]


def _built_for(library: Path) -> str | None:
    """The architecture that a library is compiled for; None for what Linux can't load."""
    with library.open("rb") as content:
        header = content.read(20)
    if header[:4] != b"\x7fELF":
        return None
    return _MACHINES.get(int.from_bytes(header[18:20], "little"), "another architecture")


def _lock(definitions: Definitions, distribution: str = "") -> Location:
    path = definitions.functions / "requirements.txt"
    return definitions.line_of(path, re.escape(distribution.replace("_", "-")))


@rule(
    whole,
    id="package-platform",
    severity=Severity.error,
    title="a package with code for another platform than the function's",
    why="the function is created and fails at its first invoke: Runtime.ImportModuleError",
    page=_PACKAGES,
    fix="choose versions with Linux wheels for the function's architecture and Python, or "
    "change Architecture",
)
def package_platform(definitions: Definitions) -> Iterator[Problem]:
    for architecture, fault in definitions.package_faults.items():
        yield Problem(_lock(definitions), f"there is no package for {architecture}: {fault}")
    seen = {(architecture, folder) for _, architecture, folder in _architectures(definitions)}
    for architecture, folder in sorted(seen):
        for name, fault in sorted(_platform_faults(folder, architecture)):
            yield Problem(_lock(definitions, name), f"{name}: {fault}")


def _platform_faults(folder: Path, architecture: str) -> Iterator[tuple[str, str]]:
    for library in folder.rglob("*"):
        if library.suffix in (".so", ".pyd", ".dylib") or ".so." in library.name:
            top = library.relative_to(folder).parts[0].removesuffix(".libs").split(".")[0]
            built = _built_for(library)
            abi = _ABI.search(library.name)
            if built != architecture:
                found = built or "another system than Linux"
                yield top, f"{library.name} is for {found}, the function for {architecture}"
            elif abi and abi[1] != "313":
                yield top, f"{library.name} is for Python {abi[1][0]}.{abi[1][1:]}"
    for wheel in folder.glob("*.dist-info/WHEEL"):
        name = wheel.parent.name.partition("-")[0]
        tags = re.findall(r"^Tag: .*-(manylinux_2_(\d+)|musllinux)\w*", wheel.read_text(), re.M)
        if tags and all(not minor or int(minor) > _GLIBC for _, minor in tags):
            yield name, f"its wheel ({tags[0][0]}) needs another C library than Lambda's glibc 2.34"


@rule(
    whole,
    id="package-size",
    severity=Severity.error,
    title="a package above 250 MB unzipped",
    why="Lambda rejects it (InvalidParameterValueException)",
    page="lambda/latest/dg/gettingstarted-limits.html",
    fix="leave out what the functions don't import",
)
def package_size(definitions: Definitions) -> Iterator[Problem]:
    sources = [path for path in definitions.functions.rglob("*.py") if path.is_file()]
    own = sum(path.stat().st_size for path in sources)
    for architecture, folder in sorted({(a, f) for _, a, f in _architectures(definitions)}):
        size = own + sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if size > UNZIPPED_LIMIT:
            yield Problem(
                _lock(definitions),
                f"the package for {architecture} is {size:,} bytes; {UNZIPPED_LIMIT:,} are allowed",
            )
