"""Our evaluator and `@cloud-copilot/iam-simulate` decide the same, pair by pair."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from mailroom_iam import Outcome, Policy, PolicyType, Principal, Request, evaluate

from .exclusions import EXCLUSIONS, excluded_by
from .generate import Generator

HERE = Path(__file__).parent
PAIRS = 8000
SEED = 20261123
INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
WORDS = {
    Outcome.ALLOWED: "Allowed",
    Outcome.IMPLICITLY_DENIED: "ImplicitlyDenied",
    Outcome.EXPLICITLY_DENIED: "ExplicitlyDenied",
}


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with the judge installed beside this file; without either the module is skipped."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the differential run needs Node: there is no node and npm on the PATH")
    if not (HERE / "node_modules/@cloud-copilot/iam-simulate").is_dir():
        try:
            subprocess.run([npm, *INSTALL], cwd=HERE, check=True, capture_output=True, timeout=60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("the differential run needs @cloud-copilot/iam-simulate: npm can't get it")
    return node


def judged(node: str, pairs: list[dict[str, Any]]) -> list[str]:
    """Ask the judge about all pairs in one process."""
    command = [node, str(HERE / "judge.mjs")]
    asked = json.dumps(pairs)
    done = subprocess.run(command, input=asked, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    verdicts: list[str] = json.loads(done.stdout)
    return verdicts


def decided(pair: dict[str, Any]) -> str:
    """Our own decision about a pair, in the judge's words."""
    name, bound = pair["principal"], pair["boundary"]
    session, guard = pair["session"], pair["resource_policy"]
    request = Request.of(
        Principal.anonymous() if name == "anonymous" else Principal.parse(name),
        pair["action"],
        pair["resource"],
        pair["context"],
        resource_account=pair["resource_account"],
    )
    decision = evaluate(
        request,
        [Policy.parse(policy) for policy in pair["identity"]],
        permissions_boundary=Policy.parse(bound, "boundary", PolicyType.BOUNDARY)
        if bound
        else None,
        session_policy=Policy.parse(session, "session", PolicyType.SESSION) if session else None,
        resource_policy=Policy.parse(guard, "guard", PolicyType.RESOURCE) if guard else None,
    )
    return WORDS[decision.outcome]


def test_the_judge_agrees_on_every_pair_within_the_supported_conditions(node: str) -> None:
    generator = Generator(SEED)
    drawn = [generator.pair() for _ in range(PAIRS)]
    pairs = [pair for pair in drawn if excluded_by(pair) is None]

    verdicts = judged(node, pairs)

    ours = [decided(pair) for pair in pairs]
    differing = [
        {"ours": mine, "judge": verdict, **pair}
        for mine, verdict, pair in zip(ours, verdicts, pairs, strict=True)
        if mine != verdict
    ]
    shown = "\n".join(json.dumps(pair) for pair in differing[:3])
    assert not differing, f"{len(differing)} of {len(pairs)} pairs differ, such as\n{shown}"
    counts = Counter(ours)
    assert len(pairs) > 6000
    assert all(counts[word] > len(pairs) * 0.1 for word in WORDS.values()), counts


def test_every_recognised_exclusion_is_a_real_disagreement(node: str) -> None:
    generator = Generator(SEED)
    drawn = [generator.pair() for _ in range(PAIRS)]
    excluded = [(pair, item) for pair in drawn if (item := excluded_by(pair)) is not None]

    verdicts = judged(node, [pair for pair, _ in excluded])

    disagreed = {
        item.what
        for (pair, item), verdict in zip(excluded, verdicts, strict=True)
        if decided(pair) != verdict
    }
    assert disagreed == {item.what for item in EXCLUSIONS if item.applies}
