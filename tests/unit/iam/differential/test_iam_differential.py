"""Our evaluator and `@cloud-copilot/iam-simulate` decide the same, pair by pair."""

import json
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mailroom_rules.policies import Outcome, Policy, PolicyType, Principal, Request, evaluate

from .exclusions import EXCLUSIONS, Exclusion, excluded_by
from .generate import Generator

HERE = Path(__file__).parent
PAIRS = 6500
SEED = 20261123
WORDS = {
    Outcome.ALLOWED: "Allowed",
    Outcome.IMPLICITLY_DENIED: "ImplicitlyDenied",
    Outcome.EXPLICITLY_DENIED: "ExplicitlyDenied",
}


@dataclass(frozen=True)
class Compared:
    """A pair with our decision and the judge's."""

    pair: dict[str, Any]
    ours: str
    judge: str
    exclusion: Exclusion | None


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


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, Any]]:
    """What is asked: drawn from the seed, and an example of what a run rarely draws."""
    generator = Generator(SEED)
    examples = [item.example for item in EXCLUSIONS if item.example]
    return [generator.pair() for _ in range(PAIRS)] + examples


@pytest.fixture(scope="module")
def compared(node: str, pairs: list[dict[str, Any]]) -> list[Compared]:
    """What both say to each pair, and whether that counts."""
    verdicts = judged(node, pairs)
    return [
        Compared(pair, decided(pair), verdict, excluded_by(pair))
        for pair, verdict in zip(pairs, verdicts, strict=True)
    ]


def test_the_judge_agrees_on_every_pair_within_the_supported_conditions(
    compared: list[Compared],
) -> None:
    supported = [case for case in compared if case.exclusion is None]

    differing = [case for case in supported if case.ours != case.judge]

    shown = "\n".join(f"{case.ours}, not {case.judge}: {case.pair}" for case in differing[:3])
    assert not differing, f"{len(differing)} of {len(supported)} pairs differ, such as\n{shown}"
    counts = Counter(case.ours for case in supported)
    assert len(supported) > 4500
    assert all(counts[word] > len(supported) * 0.1 for word in WORDS.values()), counts


def test_every_recognised_exclusion_is_a_real_disagreement(compared: list[Compared]) -> None:
    excluded = [case for case in compared if case.exclusion]

    disagreed = {
        case.exclusion.what for case in excluded if case.exclusion and case.ours != case.judge
    }

    assert disagreed == {item.what for item in EXCLUSIONS if item.applies}
