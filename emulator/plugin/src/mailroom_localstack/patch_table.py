"""Prints the registry of patches, as JSON and as the tables of docs/localstack.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mailroom_localstack.patches import Change

COLUMNS = {
    "patch": {"LocalStack": ["localstack"], "AWS, or why": ["aws", "why"]},
    "check": {"LocalStack": ["localstack"], "AWS": ["aws"]},
    "optimization": {"LocalStack": ["localstack"], "saves": ["saves"]},
}


def as_json(found: Iterable[Change]) -> list[dict[str, Any]]:
    """The registry, for JSON."""
    return [
        {"name": one.name, "kind": one.kind, "service": one.service, "targets": one.targets}
        | {label.lower(): text for label, text in one.documentation.items()}
        for one in found
    ]


def as_table(told: Iterable[dict[str, Any]]) -> str:
    """The registry as tables of Markdown, from `as_json`."""
    sections = []
    rows = list(told)
    for kind, columns in COLUMNS.items():
        lines = [f"| service | change | {' | '.join(columns)} | target | test |"]
        lines.append("|---" * (len(columns) + 4) + "|")
        for row in rows:
            if row["kind"] == kind:
                cells = [row["service"], row["summary"]]
                cells += [
                    "; ".join(filter(None, map(row.get, names))) for names in columns.values()
                ]
                cells.append(", ".join(f"`{target}`" for target in row["targets"]))
                cells.append("[{1}]({0})".format(*_test(row["test"])))
                lines.append(f"| {' | '.join(cells)} |")
        sections.append("\n".join(lines))
    return "\n\n".join(sections)


def _test(test: str) -> tuple[str, str]:
    path, name = re.split(r"::| ", test)
    return f"../{path}", name.removeprefix("test_").replace("_", " ")
