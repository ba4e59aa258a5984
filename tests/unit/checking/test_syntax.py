"""Paths, intrinsic functions and filter policies: what AWS takes, and what it refuses."""

from typing import Any

import pytest
from mailroom_rules.states.intrinsics import intrinsic_fault
from mailroom_rules.states.jsonpath import path_fault

from mailroom.checking.template.filters import filter_faults, lets_through


@pytest.mark.parametrize(
    "path",
    [
        *("$", "$$", "$.a", "$.a.b[0].c", "$['a b'].c", "$.a[-1]", "$.a[1:3]", "$..b", "$.a[*].b"),
        *("$.a[?(@.b > 1)].c", "$.a-b_c", "$.größe", "$$.Execution.Input.a", "$$.Map.Item.Value"),
        *("$.a.length()", "$name.field", "$.a[0,1]"),
    ],
)
def test_a_path_that_step_functions_takes(path: str) -> None:
    assert path_fault(path) is None


@pytest.mark.parametrize("path", ["", "a.b", "$a b", "$.", "$.a..", "$.a[", "$.a[b]", "$$.Nothing"])
def test_a_path_that_it_refuses(path: str) -> None:
    assert path_fault(path)


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[?(@.b)]", "$.a[0:1]"])
def test_a_reference_names_one_node(path: str) -> None:
    assert path_fault(path, reference=True)


@pytest.mark.parametrize(
    "call",
    [
        "States.UUID()",
        "States.Format('{} of {}: it\\'s {}', $.a, $$.Execution.Id, 3)",
        "States.Array($.a, States.StringSplit('a,b', ','), null, -1.5e3)",
        "States.ArrayContains($.a[?(@.b)], $.c)",
        "States.JsonMerge($.a, $.b, false)",
        "States.Format($.template, $.name)",
    ],
)
def test_a_call_that_step_functions_takes(call: str) -> None:
    assert intrinsic_fault(call) is None


@pytest.mark.parametrize(
    "call",
    [
        *("States.Uuid()", "States.UUID(1)", "States.Format('{}')", "States.Hash($.a)"),
        *("States.Format('{}' $.a)", "States.Array($.a", "States.Array($.a))", "States.Array(a)"),
        "States.Array(" * 11 + ")" * 11,
    ],
)
def test_a_call_that_it_refuses(call: str) -> None:
    assert intrinsic_fault(call)


@pytest.mark.parametrize(
    ("policy", "type", "passes"),
    [
        (None, "a", True),
        ({"type": ["a", "b"]}, "b", True),
        ({"type": ["a"]}, "b", False),
        ({"type": ["a"]}, None, False),
        ({"type": [{"prefix": "al"}]}, "alert", True),
        ({"type": [{"anything-but": ["a"]}]}, "b", True),
        ({"type": [{"anything-but": ["a"]}]}, None, False),
        ({"type": [{"anything-but": {"prefix": "a"}}]}, "ab", False),
        ({"type": [{"exists": False}]}, None, True),
        ({"type": [{"equals-ignore-case": "A"}]}, "a", True),
        ({"type": ["a"], "batch": ["b"]}, "a", False),
        ({"$or": [{"type": ["a"]}, {"other": ["b"]}]}, "a", True),
    ],
)
def test_a_filter_lets_through_what_sns_would(policy: Any, type: str | None, passes: bool) -> None:
    attributes = {} if type is None else {"type": type}

    assert lets_through(policy, attributes) is passes


def test_a_filter_with_too_many_combinations_is_refused() -> None:
    values = [str(number) for number in range(13)]

    faults = list(filter_faults({"a": values, "b": values}, nested=False))

    assert faults == ["it has 169 combinations of values; 150 are allowed"]


def test_a_filter_on_the_body_may_be_nested() -> None:
    policy = {"data": {"severity": ["high", {"numeric": [">=", 1, "<", 5]}]}}

    assert list(filter_faults(policy, nested=True)) == []
