"""scripts/install.sh with tools that only pretend."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = ("requirements", "runtime", "debugger")
PYTHON313 = "#!/bin/sh\nexit 0\n"
OTHER_PYTHON = "#!/bin/sh\nexit 1\n"
# Makes an environment as `uv venv` does, and tells what it was asked for.
UV = """\
#!/bin/sh
echo "$@" >>"$LOG"
case "$1 $2" in
"python find") echo "$FOUND"; [ -n "$FOUND" ] ;;
"python install") exit 1 ;;
"pip sync") [ -z "$BROKEN" ] ;;
venv*) for env; do :; done; mkdir -p "$env/bin"; cp "$FAKE" "$env/bin/python" ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A checkout on a machine where nothing is but what a test puts there."""

    root: Path

    def put(self, place: str, content: str) -> Path:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)
        return path

    def install(
        self, checkout: str = "check out", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / checkout / "scripts" / "install.sh"],
            env={
                "PATH": str(self.root / "bin"),
                "HOME": str(self.root),
                "LOG": str(self.root / "log"),
                "FAKE": str(self.root / "fake"),
                "FOUND": "",
                "BROKEN": "",
                **variables,
            },
            capture_output=True,
            text=True,
        )

    @property
    def asked(self) -> str:
        log = self.root / "log"
        return log.read_text() if log.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """One with the usual commands, a Python that is too old, and nothing else."""
    machine = Machine(tmp_path)
    for tool in ("sh", "cat", "cksum", "dirname", "rm", "mkdir", "cp"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    checkout = tmp_path / "check out"
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    for lock in ("requirements.txt", *(f"emulator/{name}.txt" for name in LOCKS)):
        (checkout / lock).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / lock, checkout / lock)
    for project in (".", "rules", "emulator/plugin"):
        (checkout / project).mkdir(exist_ok=True)
        shutil.copy(ROOT / project / "pyproject.toml", checkout / project)
    machine.put("bin/python3", OTHER_PYTHON)
    machine.put("fake", PYTHON313)
    return machine


@pytest.fixture
def equipped(machine: Machine) -> Machine:
    """One with uv and a fitting Python."""
    machine.put("bin/uv", UV)
    machine.put("bin/python3.13", PYTHON313)
    return machine


def test_it_builds_four_environments_once(equipped: Machine) -> None:
    first = equipped.install()
    asked = equipped.asked
    second = equipped.install()

    assert first.stdout.splitlines() == [
        "building .venv",
        "building .envs/engine",
        "building .envs/python3.13",
        "building .envs/debugger",
    ]
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert equipped.asked == asked


def test_a_changed_lock_builds_its_environment_anew(equipped: Machine) -> None:
    equipped.install()

    (equipped.root / "check out" / "emulator" / "runtime.txt").write_text("# another\n")

    assert equipped.install().stdout == "building .envs/python3.13\n"


def test_a_half_built_environment_does_not_count(equipped: Machine) -> None:
    broken = equipped.install(BROKEN="yes")

    again = equipped.install()

    assert broken.returncode != 0
    assert "building .venv" in again.stdout
    assert again.returncode == 0


def test_a_checkout_that_was_moved_is_built_anew(equipped: Machine) -> None:
    equipped.install()

    shutil.move(equipped.root / "check out", equipped.root / "moved")

    assert "building .venv" in equipped.install(checkout="moved").stdout


@pytest.mark.parametrize(
    ("place", "variables"),
    [
        ("bin/python3.13", {}),
        ("bin/python3", {}),
        (".pyenv/versions/3.13.7/bin/python", {}),
        ("pyenv root/versions/3.13.0/bin/python", {"PYENV_ROOT": "{root}/pyenv root"}),
        ("uv/python", {"FOUND": "{root}/uv/python"}),
    ],
)
def test_a_fitting_python_is_found_wherever_it_is(
    machine: Machine, place: str, variables: dict[str, str]
) -> None:
    machine.put("bin/uv", UV)
    python = machine.put(place, PYTHON313)

    run = machine.install(**{k: v.format(root=machine.root) for k, v in variables.items()})

    assert run.returncode == 0, run.stderr
    assert f"venv --quiet --clear --python {python} .venv" in machine.asked


def test_with_no_python_to_be_had_it_says_where_it_looked_and_how_to_get_one(
    machine: Machine,
) -> None:
    machine.put("bin/uv", UV)

    run = machine.install()

    assert run.returncode == 1
    assert "python install --quiet 3.13" in machine.asked
    for said in ("no CPython 3.13", "PATH", "pyenv", "uv could not fetch one", "pyenv install"):
        assert said in run.stderr
    assert not (machine.root / "check out" / ".venv").exists()


def test_with_neither_python_nor_uv_to_be_had_it_says_so_too(machine: Machine) -> None:
    run = machine.install()

    assert run.returncode == 1
    assert "no CPython 3.13" in run.stderr
    assert "could not be installed" in run.stderr
    assert not (machine.root / "check out" / ".envs").exists()


def test_uv_is_installed_with_the_python_that_was_found_when_it_is_missing(
    machine: Machine,
) -> None:
    machine.put(
        "bin/python3.13",
        '#!/bin/sh\ncase "$1 $2" in "-m venv") mkdir -p "$3/bin"; cp "$PIP" "$3/bin/pip" ;; esac\n',
    )
    pip = machine.put("pip", '#!/bin/sh\ncp "$UV" "$(dirname "$0")/uv"\n')
    uv = machine.put("uv-from-the-index", UV)

    run = machine.install(PIP=str(pip), UV=str(uv))

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("installing uv into .envs/uv\nbuilding .venv\n")
