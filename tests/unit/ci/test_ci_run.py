"""What CI runs, as an ordinary user, with a `docker` and a `make` that only pretend."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NO_USER = 65534
IMAGES = ("localstack/localstack:4.14.0", "postgres:18")
PINNED = [line.split()[0] for line in (ROOT / "emulator/images.txt").read_text().splitlines()]
# Notes its calls; what it answers is in files beside the log.
DOCKER = """\
#!/bin/sh
here=$(dirname "$LOG")
echo "docker $*" >>"$LOG"
case "$1 $2" in
"version "*) [ -e "$here/engine" ] && echo 28.0.0 ;;
"compose version") echo 2.40.0 ;;
"pull "*) [ -e "$here/registry" ] || { echo "dial tcp: no such host" >&2; exit 1; } ;;
"tag "*) ;;
"image inspect")
    for image; do :; done
    case "$*" in *RepoDigests*) cat "$here/digests" ;; esac
    grep -qx "$image" "$here/images" ;;
*) exit 1 ;;
esac
"""
MAKE = """\
#!/bin/sh
echo "make $*" >>"$LOG"
exit "${MAKE_CODE:-0}"
"""
# In the place of scripts/docker-engine.sh: an engine that only this script can start.
STARTER = """\
#!/bin/sh
echo "engine $*" >>"$LOG"
touch "$(dirname "$LOG")/engine"
"""


@dataclass(frozen=True)
class Machine:
    """A checkout and a machine on which nothing is but what a test puts there."""

    root: Path

    def put(self, place: str, content: str = "") -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755)

    def run(self, script: str = ".ci/run", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the checkout as a user who isn't root."""
        as_root = os.geteuid() == 0
        if as_root:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, NO_USER, NO_USER, follow_symlinks=False)
        return subprocess.run(
            [self.root / "checkout" / script],
            env={
                "PATH": f"{self.root / 'bin'}:/usr/bin:/bin",
                "HOME": str(self.root),
                "LOG": str(self.root / "log"),
                **variables,
            },
            user=NO_USER if as_root else None,
            group=NO_USER if as_root else None,
            extra_groups=[] if as_root else None,
            capture_output=True,
            text=True,
        )

    @property
    def calls(self) -> list[str]:
        return (self.root / "log").read_text().splitlines()


@pytest.fixture
def machine() -> Iterator[Machine]:
    """One with an engine that answers, a registry, and no image."""
    # pytest's own folders are closed to other users.
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        machine.root.chmod(0o755)
        shutil.copytree(ROOT / "scripts", machine.root / "checkout" / "scripts")
        shutil.copytree(ROOT / ".ci", machine.root / "checkout" / ".ci")
        shutil.copy(ROOT / "requirements.txt", machine.root / "checkout")
        (machine.root / "checkout" / "emulator").mkdir()
        for name in ("requirements.txt", "images.txt"):
            shutil.copy(ROOT / "emulator" / name, machine.root / "checkout" / "emulator")
        machine.put("bin/docker", DOCKER)
        machine.put("bin/make", MAKE)
        machine.put("bin/chromium")
        for name in ("engine", "registry", "images", "digests"):
            machine.put(name)
        yield machine


def test_the_official_images_are_pulled_by_digest_and_nothing_is_built(machine: Machine) -> None:
    run = machine.run()

    assert run.returncode == 0, run.stderr
    pulled = [call for call in machine.calls if call.startswith("docker pull")]
    tagged = [call for call in machine.calls if call.startswith("docker tag")]
    assert all(re.fullmatch(r"[\w./]+@sha256:[0-9a-f]{64}", image) for image in PINNED)
    assert pulled == [f"docker pull --quiet {image}" for image in PINNED]
    assert tagged == [f"docker tag {a} {b}" for a, b in zip(PINNED, IMAGES, strict=True)]
    assert machine.calls[-1] == "make test"
    assert "building" not in run.stdout


# An image from an archive has no digest.
@pytest.mark.parametrize("digests", ["[]", f"[{' '.join(PINNED)}]"])
def test_official_images_that_are_here_are_not_pulled_again(machine: Machine, digests: str) -> None:
    machine.put("images", "\n".join(IMAGES) + "\n")
    machine.put("digests", digests)

    run = machine.run()

    assert run.returncode == 0, run.stderr
    assert not any("pull" in call for call in machine.calls)


def test_an_image_of_another_digest_is_pulled_by_the_pinned_one(machine: Machine) -> None:
    machine.put("images", "\n".join(IMAGES) + "\n")
    machine.put("digests", f"[postgres@sha256:{'0' * 64}]")

    machine.run()

    pulled = [call for call in machine.calls if call.startswith("docker pull")]
    assert pulled == [f"docker pull --quiet {image}" for image in PINNED]


def test_without_a_registry_an_ordinary_user_gets_one_line_and_the_tests(machine: Machine) -> None:
    (machine.root / "registry").unlink()

    run = machine.run()

    assert run.returncode == 0, run.stderr
    assert [line.partition(":")[0] for line in run.stderr.splitlines()] == ["no container images"]
    assert "not pulled: dial tcp: no such host" in run.stdout
    assert machine.calls[-1] == "make test"


def test_without_docker_an_ordinary_user_gets_one_line_and_the_tests(machine: Machine) -> None:
    (machine.root / "engine").unlink()

    run = machine.run()

    assert run.returncode == 0, run.stderr
    assert [line.partition(":")[0] for line in run.stderr.splitlines()] == ["no Docker engine"]
    assert machine.calls[-1] == "make test"


def test_an_engine_that_ran_before_is_left_running(machine: Machine) -> None:
    machine.put("checkout/scripts/docker-engine.sh", STARTER)

    machine.run()

    assert "engine --stop" not in machine.calls


def test_an_engine_that_it_started_is_stopped_even_when_tests_fail(machine: Machine) -> None:
    machine.put("checkout/scripts/docker-engine.sh", STARTER)
    (machine.root / "engine").unlink()

    run = machine.run(MAKE_CODE="2")

    assert run.returncode == 2
    assert machine.calls[-2:] == ["make test", "engine --stop"]


def test_a_build_of_stand_ins_that_fails_fails_the_run(machine: Machine) -> None:
    (machine.root / "registry").unlink()
    machine.put("checkout/scripts/offline-images.sh", "#!/bin/sh\nexit 1\n")

    run = machine.run()

    assert run.returncode == 1
    assert "make test" not in machine.calls


def test_make_test_lints_before_it_tests() -> None:
    planned = subprocess.check_output(["make", "--dry-run", "test"], cwd=ROOT, text=True)

    assert 0 < planned.find("scripts/lint.sh") < planned.find("bin/pytest")
