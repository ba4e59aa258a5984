"""scripts/install.sh with tools that only pretend, but for Python."""

import fcntl
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailroom.packaging.unused import prune

ROOT = Path(__file__).parents[3]
LOCKS = ("requirements", "runtime", "debugger")
SHARED = "mailroom/environments"
FOUR = (".venv", ".envs/engine", ".envs/python3.13", ".envs/debugger")
DOES_NOTHING = "#!/bin/sh\nexit 0\n"
PYTHON313 = Path(sys.executable).resolve()
OTHER_PYTHON = "#!/bin/sh\nexit 1\n"
# Makes an environment as `uv venv` does, and tells what it was asked for.
UV = """\
#!/bin/sh
echo "$@" >>"$LOG"
echo "$UV_CACHE_DIR" >"$LOG.cache"
case "$1 $2" in
"python find") echo "$FOUND"; [ -n "$FOUND" ] ;;
"python install") exit 1 ;;
"pip sync") [ -z "$BROKEN" ] ;;
venv*)
    for env; do :; done
    mkdir -p "$env/bin" "$env/lib/python3.13/site-packages"
    rm -f "$env/.inputs" "$env/.shared"
    cp "$FAKE" "$env/bin/python"
    printf '#!%s/bin/python\nprint("tried")\n' "$env" >"$env/bin/tool" ;;
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

    def put_python(self, place: str) -> Path:
        """A link to this Python."""
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(PYTHON313)
        return path

    def install(
        self, checkout: str = "check out", *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        with self.start(checkout, *arguments, **variables) as process:
            out, complaint = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, complaint)

    def start(
        self, checkout: str = "check out", *arguments: str, **variables: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.root / checkout / "scripts" / "install.sh", *arguments],
            env={
                "PATH": str(self.root / "bin"),
                "HOME": str(self.root),
                "XDG_CACHE_HOME": str(self.root / "cache"),
                "LOG": str(self.root / "log"),
                "FAKE": str(self.root / "fake"),
                "FOUND": "",
                "BROKEN": "",
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
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
    for tool in ("sh", "cat", "cksum", "dirname", "id", "ln", "rm", "mkdir", "mv", "cp", "grep"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    checkout = tmp_path / "check out"
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    for lock in ("requirements.txt", *(f"emulator/{name}.txt" for name in LOCKS)):
        (checkout / lock).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / lock, checkout / lock)
    shared = "src/mailroom/packaging/shared.py"
    (checkout / shared).parent.mkdir(parents=True)
    shutil.copy(ROOT / shared, checkout / shared)
    for project in (".", "rules", "emulator/plugin"):
        (checkout / project).mkdir(exist_ok=True)
        shutil.copy(ROOT / project / "pyproject.toml", checkout / project)
    machine.put("bin/python3", OTHER_PYTHON)
    machine.put("fake", DOES_NOTHING)
    return machine


@pytest.fixture
def equipped(machine: Machine) -> Machine:
    """One with uv and a fitting Python."""
    machine.put("bin/uv", UV)
    machine.put_python("bin/python3.13")
    return machine


def another(machine: Machine) -> Path:
    """A second checkout, with nothing installed."""
    folder = machine.root / "another"
    left_out = shutil.ignore_patterns(".venv", ".envs")
    shutil.copytree(machine.root / "check out", folder, ignore=left_out)
    return folder


def ready(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The environments that an installation made ready."""
    return [line.partition(":")[0] for line in run.stdout.splitlines() if ": ready" in line]


def test_it_builds_four_environments_once(equipped: Machine) -> None:
    first = equipped.install()
    asked = equipped.asked
    second = equipped.install()

    steps = [line.partition(" (")[0] for line in first.stdout.splitlines()]
    assert [line for line in steps if line.endswith("ready")] == [f"{one}: ready" for one in FOUR]
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert equipped.asked == asked


def test_a_changed_lock_builds_its_environment_anew(equipped: Machine) -> None:
    equipped.install()

    (equipped.root / "check out" / "emulator" / "runtime.txt").write_text("# another\n")

    assert ready(equipped.install()) == [".envs/python3.13"]


def test_a_half_built_environment_does_not_count(equipped: Machine) -> None:
    broken = equipped.install(BROKEN="yes")

    again = equipped.install()

    assert broken.returncode != 0
    assert ready(broken) == []
    assert ready(again) == list(FOUR)
    assert again.returncode == 0


@pytest.mark.parametrize("one", ["lint", "functions"])
def test_an_environment_that_is_built_alone_and_fails_fails(equipped: Machine, one: str) -> None:
    lock = equipped.root / "check out" / "tests" / "functions.txt"
    lock.parent.mkdir()
    lock.write_text("")

    broken, whole = (equipped.install("check out", one, BROKEN=is_so) for is_so in ("yes", ""))

    assert (broken.returncode != 0, ready(broken)) == (True, [])
    assert (whole.returncode, ready(whole)) == (0, [f".envs/{one}"])


def test_a_checkout_that_was_moved_is_built_anew_and_not_pruned(
    equipped: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(equipped.root / "cache"))
    equipped.install()
    before = equipped.asked

    shutil.move(equipped.root / "check out", equipped.root / "moved")

    # The other two are links to what all checkouts share, which is told of its new user.
    assert ready(equipped.install(checkout="moved")) == list(FOUR)
    assert equipped.asked.removeprefix(before).count("venv ") == 2
    assert prune() == []
    assert equipped.install(checkout="moved").stdout == ""


def test_a_shared_environment_that_was_moved_is_not_taken(equipped: Machine) -> None:
    equipped.install()
    (equipped.root / "another cache").mkdir()
    shutil.move(equipped.root / "cache" / "mailroom", equipped.root / "another cache")

    run = equipped.install(XDG_CACHE_HOME=str(equipped.root / "another cache"))

    assert run.stdout.count(": installing ") == 4


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
    python = machine.put_python(place)

    run = machine.install(**{k: v.format(root=machine.root) for k, v in variables.items()})

    assert run.returncode == 0, run.stderr
    assert f"venv --quiet --clear --python {python} {machine.root}/cache/" in machine.asked


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
        '#!/bin/sh\ncase "$1 $2" in "-m venv") mkdir -p "$3/bin"; cp "$PIP" "$3/bin/pip" ;; '
        f'*) exec {PYTHON313} "$@" ;; esac\n',
    )
    pip = machine.put("pip", '#!/bin/sh\ncp "$UV" "$(dirname "$0")/uv"\n')
    uv = machine.put("uv-from-the-index", UV)

    run = machine.install(PIP=str(pip), UV=str(uv))

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("installing uv\n.venv: installing ")
    another(machine)
    assert "installing uv" not in machine.install("another", UV=str(uv)).stdout


def test_a_second_checkout_installs_nothing_but_its_own_sources(equipped: Machine) -> None:
    equipped.install()
    folder, before = another(equipped), equipped.asked

    run = equipped.install("another")

    asked = equipped.asked.removeprefix(before)
    assert ready(run) == list(FOUR)
    assert "installing" not in run.stdout
    assert "pip sync" not in asked
    assert asked.count("pip install") == 2
    assert (folder / ".envs" / "debugger").readlink().parent == equipped.root / "cache" / SHARED


def test_a_program_of_the_shared_environment_runs_with_the_checkouts_python(
    equipped: Machine,
) -> None:
    equipped.install()
    venv = equipped.root / "check out" / ".venv"
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to(PYTHON313)

    assert subprocess.check_output([venv / "bin" / "tool"], text=True) == "tried\n"
    assert str(venv / "bin" / "python") in (venv / "bin" / "tool").read_text()
    (shared,) = venv.glob("lib/python*/site-packages/shared.pth")
    assert shared.read_text().startswith(str(equipped.root / "cache" / SHARED))


def test_checkouts_with_different_locks_have_different_environments(equipped: Machine) -> None:
    equipped.install()
    folder = another(equipped)
    (folder / "emulator" / "debugger.txt").write_text("# another\n")

    equipped.install("another")

    here, there = (equipped.root / one / ".envs" / "debugger" for one in ("check out", "another"))
    assert here.resolve() != there.resolve()
    assert equipped.install().stdout == ""


def test_an_installation_waits_for_another_one_that_runs(equipped: Machine) -> None:
    folder = equipped.root / "cache" / SHARED
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with equipped.start() as process:
            assert process.stderr
            said = process.stderr.readline()
            asked = equipped.asked
            fcntl.flock(lock, fcntl.LOCK_UN)
            process.communicate()

    assert said == "waiting for another installation to end\n"
    assert "venv" not in asked
    assert process.returncode == 0


def test_an_installation_leaves_alone_what_one_that_it_waited_for_has_made(
    equipped: Machine,
) -> None:
    folder = equipped.root / "cache" / SHARED
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with equipped.start() as first, equipped.start() as second:
            for one in (first, second):
                assert one.stderr
                assert one.stderr.readline() == "waiting for another installation to end\n"
            fcntl.flock(lock, fcntl.LOCK_UN)
            first.communicate()
            second.communicate()

    assert (first.returncode, second.returncode) == (0, 0)
    assert equipped.asked.count("venv ") == 6


# Path.is_file() raises for the second, as it does for a folder in another user's home.
@pytest.mark.parametrize("cache", ["cache", "c" * 300])
def test_a_cache_that_cannot_be_written_to_is_done_without(equipped: Machine, cache: str) -> None:
    (equipped.root / "cache").write_text("no folder")
    checkout, variables = (
        equipped.root / "check out",
        {"XDG_CACHE_HOME": f"{equipped.root}/{cache}"},
    )

    run = equipped.install(**variables)

    assert run.returncode == 0, run.stderr
    assert "can't be written to: .venv is this checkout's alone" in run.stdout
    assert ready(run) == list(FOUR)
    assert (equipped.root / "log.cache").read_text() == f"{checkout}/.envs/uv-cache\n"
    assert equipped.install(**variables).stdout == ""


def test_an_environment_is_pruned_when_the_last_checkout_that_uses_it_is_gone(
    equipped: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(equipped.root / "cache"))
    equipped.install()
    folder = another(equipped)
    equipped.install("another")
    (equipped.root / "cache" / SHARED / "half made" / "bin").mkdir(parents=True)

    shutil.rmtree(equipped.root / "check out")
    half_made = prune()
    equipped.install("another")
    shutil.rmtree(folder)
    last = prune()

    assert [one.folder.name for one in half_made] == ["half made"]
    assert len(last) == 4
    assert list((equipped.root / "cache" / SHARED).glob("*/")) == []
