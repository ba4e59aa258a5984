"""Queries that CloudWatch Logs Insights refuses, and where it says they are wrong."""

import pytest
from mailroom_rules.insights import MalformedQuery, compile_query


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", ""),
        ("fields @message | count()", "count"),
        ("fields @message |", ""),
        ("fields @message, | limit 1", "|"),
        ("filter level = ", ""),
        ("filter (level = 1", ""),
        ("filter level like", ""),
        ("filter level like /(/", "/(/"),
        ("filter level = 'a", "'"),
        ("filter nofunction(a)", "nofunction"),
        ("filter strlen()", "strlen"),
        ("parse @message 'a=*, b=*' as a", "'a=*, b=*'"),
        ("parse @message /a=(.*)/", "/a=(.*)/"),
        ("stats level by x", "level"),
        ("stats pct(a)", ")"),
        ("limit 0", "0"),
        ("limit ten", "ten"),
        ("fields a ? b", "?"),
        ("pattern @message", "pattern"),
    ],
)
def test_a_malformed_query_is_refused_where_it_is_wrong(query: str, wrong: str) -> None:
    with pytest.raises(MalformedQuery) as refused:
        compile_query(query)

    assert query[refused.value.start : refused.value.end] == wrong


def test_the_message_says_the_line_and_the_position() -> None:
    with pytest.raises(MalformedQuery) as refused:
        compile_query("fields a\n| filter = 1")

    assert str(refused.value) == "unexpected symbol found = at line 2 and position 10"
