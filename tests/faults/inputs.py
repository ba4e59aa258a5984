"""Inputs: unusual ones that must be ingested, and ones that must be refused."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.support.events import alert, notification
from tests.support.flow import Event

SQL = "Robert'); DROP TABLE messages;-- \" $1 %s %(id)s \\x00 $$"
SHELL = "$(reboot) `reboot` ${IFS} {{7*7}} #{1} %{x} && | ; > /dev/null ../../etc/passwd"
TRICKY = {
    "sql": SQL,
    "shell": SHELL,
    "right to left": "\u202e\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd\u202c",
    "astral": "\U0001f4ec\U0001d54f\U0010fffd",
    "control": "\x01\x1f\x7f\x85\u2028\u2029\ufeff",
    "": {"": [[], {}, None, True, -0.5, 10**18]},
    SQL: SHELL,
}
TIMES = ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59Z"]
BEYOND_64_BITS = "-123456789012345678901234567890.12345678901234567890e-3"


def unusual() -> list[Event]:
    """Unusual events that are valid."""
    return [
        {
            **notification(title=SQL, body=SHELL, recipient="\u202eada", details=TRICKY),
            "subject": SQL,
        },
        alert(summary=SHELL, details={"deep": nested(97)}),
        *({**notification(), "time": time} for time in TIMES),
        {**notification(), "id": f"{SHELL}{notification()['id']}"},
    ]


def refused(source: str) -> dict[str, str]:
    """Texts that are not events, by the field or the words that the error must name."""

    def text(event: Event, **changes: Any) -> str:
        return json.dumps({**event, "source": source, **changes})

    valid = notification(details={"n": 0})
    whole = text(valid)
    return {
        "event: an event is a JSON object": json.dumps([source]),
        "event: not JSON": whole[: len(whole) * 3 // 4],
        "id: ": json.dumps({**json.loads(whole), "id": None}),
        "specversion: ": text(valid, specversion=1.0),
        "surplus: ": text(valid, surplus=1),
        "type: ": text(valid, type=["notification"]),
        "data.title: ": text(notification(title=7)),
        "data.recipient: ": text(notification(recipient="")),
        "data.surplus: ": text(notification(surplus=None)),
        "data.severity: ": text(alert(severity="HIGH")),
        "time: ": text(valid, time="9999-12-31T23:59:60.5+25:00"),
        "data.body: contains a NUL": text(notification(body="a\0b")),
        "data.details.s: contains a lone": text(notification(details={"s": "\ud800"})),
        "nested deeper": whole.replace('"n": 0', f'"n": {"[" * 10_000}{"]" * 10_000}'),
        "key occurs more than once": whole.replace('"n": 0', '"n": 0, "n": 1'),
        "data.details.n: NaN": whole.replace('"n": 0', '"n": NaN'),
    }


def nested(levels: int) -> Any:
    """Lists within lists."""
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value that SNS and SQS can carry as it is."""
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=12,
    )


def altered_events(source: str) -> st.SearchStrategy[Event]:
    """An event of which some fields are replaced, missing or new, valid or not."""
    fields = st.sampled_from(["specversion", "type", "time", "subject", "data", "extra"])
    values = json_values() | st.dictionaries(st.text("ab"), json_values())
    data = st.sampled_from(["recipient", "title", "body", "details", "extra"])
    return st.builds(
        lambda changes, changed: {
            **notification(**changed),
            **changes,
            "source": source,
        },
        st.dictionaries(fields, json_values(), max_size=1),
        st.dictionaries(data, values, max_size=2),
    )
