"""The table of rules in docs/checks.md: `python -m mailroom.checking.documentation`."""

from collections.abc import Iterator

from mailroom.checking.rule import Rule
from mailroom.checking.run import rules

_HEAD = "| rule | finds | in AWS | fix |\n|---|---|---|---|"


def rules_table() -> str:
    """A row for each rule, in the order of names, as Markdown."""
    return "\n".join([_HEAD, *_rows(rules())])


def _rows(listed: list[Rule]) -> Iterator[str]:
    for one in listed:
        cells = [
            f"`{one.id}` {one.severity}",
            one.title,
            f"{one.why} ([page]({one.page}))",
            one.fix,
        ]
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(rules_table())
