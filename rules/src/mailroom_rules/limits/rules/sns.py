"""SNS: messages, batches, and the attributes of topics and subscriptions, strings to the model."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.numbers import uncastable
from mailroom_rules.limits.rules.rule import Refuse, Request, Rule

API = "https://docs.aws.amazon.com/sns/latest/api/"
ATTRIBUTES = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html"
NUMERIC = "https://docs.aws.amazon.com/sns/latest/dg/numeric-value-matching.html"
MOST_SUBJECT = 100
LARGEST_NUMBER = 10**9
# True and false in any case, as SNS takes them.
WORDS = {
    "ContentBasedDeduplication": ("true", "false"),
    "FifoTopic": ("true", "false"),
    "SignatureVersion": ("1", "2"),
    "TracingConfig": ("PassThrough", "Active"),
}


def _subject(subject: str, _request: Request) -> Refusal | None:
    is_printable = all(ord(letter) >= 32 and ord(letter) != 127 for letter in subject)
    if 1 <= len(subject) <= MOST_SUBJECT and is_printable:
        return None
    return Refusal("InvalidParameter", "Invalid parameter: Subject")


def _attributes(attributes: Mapping[str, Mapping[str, Any]], _request: Request) -> Refusal | None:
    name = uncastable(attributes)
    if name is None:
        return None
    return Refusal(
        "ParameterValueInvalid", f"Could not cast message attribute '{name}' value to number."
    )


def _batch(request: Request) -> Refusal | None:
    if request.get("PublishBatchRequestEntries"):
        return None
    return Refusal("EmptyBatchRequest", "The batch request doesn't contain any entries.")


def _message(message: str, _request: Request) -> Refusal | None:
    return None if message else Refusal("InvalidParameter", "Invalid parameter: Empty message")


def _structure(structure: str, entry: Request) -> Refusal | None:
    if structure != "json":
        return None
    try:
        message = json.loads(entry.get("Message") or "")
    except ValueError:
        return _bad_structure("JSON message body failed to parse")
    if isinstance(message, dict) and isinstance(message.get("default"), str):
        return None
    return _bad_structure("No default entry in JSON message body")


def _bad_structure(reason: str) -> Refusal:
    return Refusal("InvalidParameter", f"Invalid parameter: Message Structure - {reason}")


def _word(name: str, words: tuple[str, ...]) -> Refuse:
    def refuse(value: str, _request: Request) -> Refusal | None:
        if value in words or (words[0] == "true" and str(value).lower() in words):
            return None
        reason = f"{name}: Invalid value [{value}]. Must be {' or '.join(words)}."
        return Refusal("InvalidParameter", f"Invalid parameter: Attributes Reason: {reason}")

    return refuse


def _topic_attribute(value: str, request: Request) -> Refusal | None:
    name = str(request.get("AttributeName"))
    return _word(name, WORDS[name])(value, request) if name in WORDS else None


def _filter_policy(policy: str, _request: Request) -> Refusal | None:
    """What isn't JSON, LocalStack refuses itself."""
    try:
        numbers = list(_numbers(json.loads(policy or "{}")))
    except ValueError:
        return None
    if all(-LARGEST_NUMBER <= number <= LARGEST_NUMBER for number in numbers):
        return None
    return Refusal(
        "InvalidParameter",
        "Invalid parameter: Attributes Reason: FilterPolicy: Value must be between -1.0E9 and"
        " 1.0E9, inclusive",
    )


def _subscription_attribute(value: str, request: Request) -> Refusal | None:
    return _filter_policy(value, request) if request["AttributeName"] == "FilterPolicy" else None


def _numbers(policy: Any) -> Iterator[float]:
    """The numbers of its numeric conditions."""
    if isinstance(policy, list):
        for one in policy:
            yield from _numbers(one)
    elif isinstance(policy, dict):
        for key, value in policy.items():
            if key == "numeric" and isinstance(value, list):
                yield from (one for one in value if isinstance(one, int | float))
            else:
                yield from _numbers(value)


def _row(operation: str, member: str, says: str, page: str, refuse: Refuse) -> Rule:
    return Rule("sns", (operation,), member, says, page, refuse)


_SUBJECT = "a subject has 100 characters at most, none of them a line break or a control character"
_NUMBER = "an attribute that is called a number is one"
_POLICY = "the numbers of a filter policy lie between -10^9 and 10^9"
_WORDS = ", ".join(f"{name} is {' or '.join(words)}" for name, words in WORDS.items())
_ENTRY = "PublishBatchRequestEntries[]."
_PUBLISH, _PUBLISH_BATCH = f"{API}API_Publish.html", f"{API}API_PublishBatch.html"

RULES = (
    _row("Publish", "Subject", _SUBJECT, _PUBLISH, _subject),
    _row("PublishBatch", f"{_ENTRY}Subject", _SUBJECT, _PUBLISH_BATCH, _subject),
    _row("Publish", "MessageAttributes", _NUMBER, ATTRIBUTES, _attributes),
    _row("PublishBatch", f"{_ENTRY}MessageAttributes", _NUMBER, ATTRIBUTES, _attributes),
    _row("PublishBatch", f"{_ENTRY}Message", "a message isn't empty", _PUBLISH_BATCH, _message),
    _row(
        "PublishBatch",
        f"{_ENTRY}MessageStructure",
        "a message for each protocol is JSON with a default",
        _PUBLISH_BATCH,
        _structure,
    ),
    _row(
        "PublishBatch",
        "",
        "a batch has entries",
        _PUBLISH_BATCH,
        lambda request, _request: _batch(request),
    ),
    _row("Subscribe", "Attributes.FilterPolicy", _POLICY, NUMERIC, _filter_policy),
    _row("SetSubscriptionAttributes", "AttributeValue", _POLICY, NUMERIC, _subscription_attribute),
    _row(
        "SetTopicAttributes",
        "AttributeValue",
        _WORDS,
        f"{API}API_SetTopicAttributes.html",
        _topic_attribute,
    ),
    *(
        _row(
            "CreateTopic",
            f"Attributes.{name}",
            f"{name} is {' or '.join(words)}",
            f"{API}API_CreateTopic.html",
            _word(name, words),
        )
        for name, words in WORDS.items()
    ),
)
