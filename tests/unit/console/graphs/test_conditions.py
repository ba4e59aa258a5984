"""Rules of Choice states and errors of catchers in few words."""

from typing import Any

import pytest

from mailroom.console.graphs.conditions import condition, errors


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"Variable": "$.a.status", "StringEquals": "late"}, "status = late"),
        ({"Variable": "$.n", "NumericGreaterThanEquals": 3}, "n ≥ 3"),
        ({"Variable": "$.n", "NumericLessThanPath": "$.most"}, "n < most"),
        ({"Variable": "$.name", "StringMatches": "log-*"}, "name like log-*"),
        ({"Variable": "$.x", "IsPresent": False}, "x is not present"),
        ({"Not": {"Variable": "$.x", "StringEquals": "a b"}}, "x ≠ a b"),
        ({"Not": {"Variable": "$.x", "IsNull": True}}, "not x is null"),
        (
            {
                "And": [
                    {"Variable": "$.x", "BooleanEquals": True},
                    {
                        "Or": [
                            {"Variable": "$.y", "NumericEquals": 1},
                            {"Variable": "$.y", "NumericEquals": 2},
                        ]
                    },
                ]
            },
            "x = true and (y = 1 or y = 2)",
        ),
        ({"Condition": "{% $states.input.n > 3 %}"}, "$states.input.n > 3"),
        ({"Next": "Nowhere"}, "?"),
    ],
)
def test_a_rule_is_said_as_a_comparison(rule: dict[str, Any], text: str) -> None:
    assert condition(rule) == text


def test_a_catcher_of_everything_catches_any_error() -> None:
    assert errors({"ErrorEquals": ["States.ALL"]}) == "any error"
    assert errors({"ErrorEquals": ["A", "B"]}) == "A, B"
    assert errors({}) == ""
