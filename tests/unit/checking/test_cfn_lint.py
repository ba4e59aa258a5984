"""cfn-lint looks at the template that SAM has expanded; its findings point into the source."""

import re
from collections.abc import Callable

from mailroom.checking.definitions import Definitions
from mailroom.checking.rules.cloudformation import lint

type Load = Callable[[str], Definitions]


def test_it_finds_defects_behind_sam_and_points_to_their_lines(load: Load) -> None:
    definitions = load("cfn-lint")
    marked = {
        (match[1], number)
        for number, line in enumerate(definitions.template.lines, 1)
        if (match := re.search(r"# here (\w+)", line))
    }

    found = {(finding.rule, finding.at.line) for finding in lint(definitions)}

    assert marked <= found
    assert {rule for rule, _ in marked} == {"E2533", "E3002", "W3037"}
