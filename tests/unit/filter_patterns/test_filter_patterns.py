"""Each example of AWS's page about filter patterns.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
from typing import Any

import pytest
from mailroom_rules.filter_patterns import InvalidPattern, compile_pattern
from mailroom_rules.filter_patterns.json_events import select_text

ERRORS = [
    "[ERROR 400] BAD REQUEST",
    "[ERROR 401] UNAUTHORIZED REQUEST",
    "[ERROR 419] MISSING ARGUMENTS",
    "[ERROR 420] INVALID ARGUMENTS",
]
LEVELS = ["[INFO] REQUEST FAILED", "[WARN] UNAUTHORIZED REQUEST", "[ERROR] 400 BAD REQUEST"]


def matching(pattern: str, events: list[str]) -> list[str]:
    return [event for event in events if compile_pattern(pattern).matches(event)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ERROR", ERRORS),
        ("ERROR ARGUMENTS", ERRORS[2:]),
        ("?ERROR ?ARGUMENTS", ERRORS),
        ("?400 ?401", ERRORS[:2]),
        ("ERROR -ARGUMENTS", ERRORS[:2]),
        ('"BAD REQUEST"', ERRORS[:1]),
        ('-"BAD REQUEST"', ERRORS[1:]),
        ("error", []),
        ("", ERRORS),
        ('""', ERRORS),
        ('" "', ERRORS),
        ("%4[0-1][0-9]%", ERRORS[:3]),
        ("ERROR %REQUEST$%", ERRORS[:2]),
    ],
)
def test_terms(pattern: str, expected: list[str]) -> None:
    assert matching(pattern, ERRORS) == expected


def test_an_exact_phrase() -> None:
    assert matching('"INTERNAL SERVER ERROR"', ["[ERROR 500] INTERNAL SERVER ERROR", "ERROR"]) == [
        "[ERROR 500] INTERNAL SERVER ERROR"
    ]


def test_a_quoted_term_may_have_quotation_marks() -> None:
    assert matching(r'"\"a\": 1"', ['{"a": 1}', '{"b": 1}']) == ['{"a": 1}']


def test_optional_terms_beside_others_are_ignored() -> None:
    assert matching("?ERROR ?WARN", LEVELS) == LEVELS[1:]
    assert matching("?INFO ?WARN REQUEST", LEVELS) == LEVELS


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("%^[hc]at%", ["hat trick", "cat"], ["the hat"]),
        ("%[hc]at$%", ["the hat"], ["hats"]),
        ("%colou?r%", ["color", "colour"], ["colouur"]),
        ("%[abc]%", ["xa"], ["xyz"]),
        ("%[a-z]%", ["x"], ["X"]),
        ("%[^a-z]%", ["X"], ["x"]),
        ("%a{3,5}%", ["aaa", "xaaaa"], ["aa"]),
        ("%gray|grey%", ["gray", "grey"], ["groy"]),
        (r"%10\.10\.0\.1%", ["from 10.10.0.1"], ["10a10.0.1"]),
        ("%ab*c%", ["ac", "abc", "abbbc"], ["adc"]),
        ("%ab+c%", ["abc", "abbc"], ["ac"]),
        ("%.at%", ["cat", "hat", " at"], ["at"]),
        (r"%\d%", ["a1"], ["a"]),
        (r"%\D%", ["a"], ["1"]),
        (r"%\s%", ["a b"], ["ab"]),
        (r"%\S%", ["a"], [" "]),
        (r"%\w%", ["_"], ["-"]),
        (r"%\W%", ["-"], ["_"]),
        (r"%\x3A%", ["a:b"], ["ab"]),
    ],
)
def test_regular_expressions(pattern: str, yes: list[str], no: list[str]) -> None:
    assert matching(pattern, [*yes, *no]) == yes


EVENT: dict[str, Any] = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "cluster.name": "c",
    "ThisFlag": True,
    "OtherFlag": False,
    "bandwidth": 80.5,
    "errorCode": 400,
    "number": [1e-3],
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [
        {"id": 2, "email": "John.Doe@example.com"},
        {"id": 3, "email": "Jane.Doe@example.com"},
    ],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "UpdateTrail" }',
        "{ $.eventType = UpdateTrail }",
        '{$.eventType="UpdateTrail"}',
        "{ $.sourceIPAddress != 123.123.* }",
        "{ $.sourceIPAddress = 111.111.* }",
        '{ $.arrayKey[0] = "value" }',
        "{ $.objectList[1].id = 2 }",
        '{ $.objectList[*].name = "b" }',
        "{ $.eventType = %Trail% }",
        "{ $.arrayKey[0] = %val.{2}% }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.SomeObject EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        "{ $.OtherFlag IS FALSE }",
        "{ $.bandwidth > 75 }",
        "{ $.bandwidth >= 80.5 }",
        "{ $.bandwidth < 100 }",
        "{ $.bandwidth <= 80.5 }",
        "{ $.errorCode = 400 }",
        "{ $.errorCode = 4* }",
        "{ $.errorCode != 500 }",
        "{ $.number[0] = 1e-3 }",
        "{ $.number[0] != 1e+3 }",
        """{ $.['cluster.name'] = "c" }""",
        """{ $.['eventType'] = "*" }""",
        '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
        '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch"'
        ' && $.actions[2] = "nonmatch" }',
        '{ $.eventType = "*" }',
        '{ ($.user.id = 2 || $.user.id = 1) && $.actions[2] = "DELETE" }',
        "{ $.coordinates[1][2] = 6 }",
        "{ $.user.* = 1 }",
    ],
)
def test_json_patterns_that_match(pattern: str) -> None:
    assert compile_pattern(pattern).matches(json.dumps(EVENT) + "\n")


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "updatetrail" }',
        '{ $.eventType = "Update" }',
        "{ $.sourceIPAddress != 111.111.* }",
        '{ $.arrayKey[2] = "value" }',
        "{ $.SomeObject NOT EXISTS }",
        "{ $.missing IS NULL }",
        '{ $.missing != "a" }',
        "{ $.ThisFlag IS FALSE }",
        "{ $.eventType > 1 }",
        '{ ($.user.id = 2 && $.users[0].email = "nonmatch") && $.actions[2] = "nonmatch" }',
        '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch")'
        ' && $.actions[2] = "nonmatch" }',
        "{ $.eventType = %^Trail% }",
    ],
)
def test_json_patterns_that_do_not_match(pattern: str) -> None:
    assert not compile_pattern(pattern).matches(json.dumps(EVENT))


@pytest.mark.parametrize("event", ["ERROR", "1", '"a"', "{", ""])
def test_a_json_pattern_matches_no_event_that_is_not_json(event: str) -> None:
    assert not compile_pattern("{ $.a NOT EXISTS }").matches(event)


REQUESTS = [
    '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
    '127.0.0.10 Prod frank [10/Oct/2000:13:35:22 -0700] "GET /about-us/index.html HTTP/1.0" 410 5',
    '127.0.0.1 Prod frank [10/Oct/2000:13:50:35 -0700] "GET /a.png HTTP/1.0" 200 5324',
]
WORDS = [
    "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200",
    "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310",
    "WARNING 09/25/2014 12:00:02 Invalid user request",
    "ERROR 09/25/2014 12:00:02 Failed to process request",
]
ALL = "ip, user, username, timestamp"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (f"[{ALL}, request, status_code, bytes]", REQUESTS),
        (f"[{ALL}, request, status_code = 4*, bytes]", REQUESTS[:2]),
        (f"[{ALL}, request =*.html*, status_code = 4*, bytes]", REQUESTS[:2]),
        (f"[{ALL}, request, status_code = 404 || status_code = 410, bytes]", REQUESTS[:2]),
        (f"[{ALL}, request, status_code = 404, bytes]", REQUESTS[:1]),
        (f"[{ALL}, request, status_code, bytes > 1000]", [REQUESTS[0], REQUESTS[2]]),
        ("[..., status_code = 4*, bytes]", REQUESTS[:2]),
        ("[..., bytes > 1000 && bytes < 2000]", REQUESTS[:1]),
        ("[ip, ..., bytes = 5]", REQUESTS[1:2]),
        (r"[ip=%127\.0\.0\.[1-9]$%, ...]", [REQUESTS[0], REQUESTS[2]]),
        (r"[ip=%127\.0\.0\.1$%, user, username, ..., status_code = 404, bytes]", REQUESTS[:1]),
        ('[..., request = "GET /a.png HTTP/1.0", status_code, bytes]', REQUESTS[2:]),
        (f"[{ALL}, request, status_code, bytes, more]", []),
    ],
)
def test_fields(pattern: str, expected: list[str]) -> None:
    assert matching(pattern, REQUESTS) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[w1=WARNING, w2]", WORDS[2:3]),
        ("[w1=ERROR, w2]", WORDS[3:]),
        ("[w1!=ERROR && w1!=WARNING, w2]", WORDS[:2]),
        ("[w1=%ERROR%||w1=%WARN%, w2]", WORDS[2:]),
        ("[w1=*ERROR* || w1=*WARN*, ...]", WORDS[2:]),
    ],
)
def test_fields_of_which_only_the_first_are_known(pattern: str, expected: list[str]) -> None:
    assert matching(pattern, WORDS) == expected


def test_what_a_pattern_extracts_for_a_metric() -> None:
    found = compile_pattern("[ip, ..., status_code = 404, bytes]").extract(REQUESTS[0])

    assert found["$bytes"] == "1534"
    assert select_text(json.dumps(EVENT), "$.users[1].id") == 3
    assert select_text(json.dumps(EVENT), "$.nothing") is None


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a = }",
        "{ $.a }",
        "{ a = 1 }",
        "{ $.a = 1",
        "{ $.a = 1 } more",
        "{ $.a > x }",
        "{ $.a = 1 && }",
        "{ ($.a = 1 }",
        "{ $. = 1 }",
        "{ $.a = %x% && $.b = %x% && $.c = %x% }",
        "[a, b",
        "[a, , b]",
        "[a = 1 || b = 2]",
        "[..., a, ...]",
        "[]",
        '"ERROR',
        "%ERROR",
        "%(a)%",
        "%something!%",
        "%[a%",
        "%é%",
        "com.example.Error",
        "ERROR:",
        "? ERROR",
        "-",
        "x" * 1025,
    ],
)
def test_an_invalid_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "message", "matches"),
    [
        ('{ $.a = "ERROR" }', '{"a": "\\u0045RROR"}', True),
        ('{ $.a = "ERR*" }', '{"a": "ERROR"}', True),
        ('{ $.a = "ERROR" || $.b = 1 }', '{"b": 1}', True),
        ('{ $.a = "ERROR" && $.b = 1 }', '{"b": 1}', False),
        ('{ $.a != "ERROR" }', '{"a": "x"}', True),
        ("{ $.a = true }", '{"a": true}', True),
        ('{ $.a = "10*" }', '{"a": 1e1}', True),
        ("[a, b = ERROR*]", "x ERRORS", True),
        ("[a, b = ERROR* || b = WARN]", "x WARN", True),
    ],
)
def test_letters_that_an_event_has_to_contain_are_looked_for_first(
    pattern: str, message: str, matches: bool
) -> None:
    assert compile_pattern(pattern).matches(message) is matches
