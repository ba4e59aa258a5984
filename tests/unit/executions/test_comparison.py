"""Two executions beside each other."""

from datetime import UTC, datetime

from mailroom.executions.comparison import compare_steps
from mailroom.executions.execution import Execution, Step

START = datetime(2026, 11, 28, tzinfo=UTC)


def execution(*steps: tuple[str, str]) -> Execution:
    """An execution that passed through these states with these outputs."""
    found = tuple(
        Step(number, name, "Pass", None, None, "succeeded", START, START, "{}", output)
        for number, (name, output) in enumerate(steps)
    )
    return Execution("arn", "name", "machine", "SUCCEEDED", START, steps=found)


def test_passes_through_a_state_meet_in_their_order() -> None:
    rows = compare_steps(
        execution(("Wait", "1"), ("Wait", "2"), ("End", "3")),
        execution(("Wait", "1"), ("End", "3")),
    )

    assert [(row.name, row.differs) for row in rows] == [
        ("Wait", ()),
        ("Wait", ("entered",)),
        ("End", ()),
    ]


def test_what_only_the_second_has_comes_last() -> None:
    rows = compare_steps(execution(("End", "1")), execution(("Wait", "1"), ("End", "1")))

    assert [(row.name, row.first is None) for row in rows] == [("End", False), ("Wait", True)]


def test_outputs_are_compared_as_json_and_not_as_text() -> None:
    (same,) = compare_steps(execution(("A", '{"a": 1}')), execution(("A", '{"a":1}')))
    (other,) = compare_steps(execution(("A", '{"a": 1}')), execution(("A", '{"a": 2}')))

    assert (same.differs, other.differs) == ((), ("output",))
