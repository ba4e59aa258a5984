"""Templates that are too large to be kept as fixtures."""

from pathlib import Path

import pytest

from mailroom.checking.reading import read_definitions
from mailroom.checking.rule import REGISTER

QUEUE = "  Queue{}: {{Type: AWS::SQS::Queue}}\n"
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("queues", "padding", "exceeded", "near"),
    [
        (400, 0, [], []),
        (401, 0, [], ["Resources: 401 of 500"]),
        (501, 0, ["Resources: 501 of 500"], []),
        (1, 950_000, [], ["bytes of the template"]),
        (1, MEGABYTE, ["bytes of the template"], []),
    ],
)
def test_what_exceeds_a_quota_or_comes_near_is_found(
    queues: int, padding: int, exceeded: list[str], near: list[str], tmp_path: Path
) -> None:
    template = tmp_path / "template.yml"
    text = "Resources:\n" + "".join(QUEUE.format(number) for number in range(queues))
    template.write_text(f"{text}Metadata: {{Padding: {'x' * padding}}}\n")
    definitions = read_definitions(template, tmp_path, tmp_path, tmp_path)

    found = {
        rule: [one.message for one in REGISTER[rule].findings(definitions)]
        for rule in ("quota-exceeded", "quota-near")
    }

    for rule, wanted in (("quota-exceeded", exceeded), ("quota-near", near)):
        assert len(found[rule]) == len(wanted)
        assert all(one.startswith(start) for one, start in zip(found[rule], wanted, strict=True))
