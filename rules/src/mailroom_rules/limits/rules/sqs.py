"""SQS: attributes of queues, which are strings to the model, and messages."""

from mailroom_rules.limits.documents import read
from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.redrive import redrive_allow_policy, redrive_policy
from mailroom_rules.limits.rules.rule import Refuse, Request, Rule
from mailroom_rules.limits.rules.sqs_messages import RULES as MESSAGE_RULES

API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"
MOST_RESULTS = 1_000
SETS_ATTRIBUTES = ("CreateQueue", "SetQueueAttributes")
# Least and most of each; seconds or bytes.
NUMBERS = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
WORDS = {
    "ContentBasedDeduplication": ("true", "false"),
    "DeduplicationScope": ("messageGroup", "queue"),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
    "SqsManagedSseEnabled": ("true", "false"),
}


def _number(name: str, least: int, most: int) -> Refuse:
    def refuse(value: str, _request: Request) -> Refusal | None:
        text = str(value)
        if text == "" or (text.isdecimal() and text.isascii() and least <= int(text) <= most):
            return None
        return _invalid_attribute(name)

    return refuse


def _word(name: str, words: tuple[str, ...]) -> Refuse:
    def refuse(value: str, _request: Request) -> Refusal | None:
        text = str(value)
        known = text in words or (words[0] == "true" and text.lower() in words)
        return None if text == "" or known else _invalid_attribute(name)

    return refuse


def _invalid_attribute(name: str) -> Refusal:
    return Refusal("InvalidAttributeValue", f"Invalid value for the parameter {name}.")


def _queue_name(name: str, _request: Request) -> Refusal | None:
    # The suffix counts towards the 80.
    rest = name.removesuffix(".fifo")
    is_name = rest.isascii() and rest.replace("-", "").replace("_", "").isalnum()
    if len(name) <= 80 and (is_name or (rest and not rest.strip("-_"))):
        return None
    return Refusal(
        "InvalidParameterValueException",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    )


def _policy(policy: str, _request: Request) -> Refusal | None:
    """An empty one takes the policy away."""
    document = read(policy or '{"Statement": []}')
    is_policy = isinstance(document, dict) and "Statement" in document
    return None if is_policy else _invalid_attribute("Policy")


def _throughput(limit: str, request: Request) -> Refusal | None:
    if limit != "perMessageGroupId":
        return None
    scope = request["Attributes"].get("DeduplicationScope")
    return None if scope == "messageGroup" else _invalid_attribute("FifoThroughputLimit")


def _results(count: int, _request: Request) -> Refusal | None:
    if 1 <= count <= MOST_RESULTS:
        return None
    return Refusal(
        "InvalidParameterValueException",
        f"Value for parameter MaxResults is invalid. Reason: Must be between 1 and {MOST_RESULTS}.",
    )


RULES = (
    *(
        Rule(
            "sqs",
            SETS_ATTRIBUTES,
            f"Attributes.{name}",
            f"{name} is a whole number from {least} to {most}",
            f"{API}API_SetQueueAttributes.html",
            _number(name, least, most),
        )
        for name, (least, most) in NUMBERS.items()
    ),
    *(
        Rule(
            "sqs",
            SETS_ATTRIBUTES,
            f"Attributes.{name}",
            f"{name} is one of {', '.join(words)}",
            f"{API}API_SetQueueAttributes.html",
            _word(name, words),
        )
        for name, words in WORDS.items()
    ),
    Rule(
        "sqs",
        SETS_ATTRIBUTES,
        "Attributes.RedrivePolicy",
        "a redrive policy is JSON, with a maxReceiveCount from 1 to 1,000, and names a dead-letter"
        " queue of the same type",
        f"{API}API_SetQueueAttributes.html",
        redrive_policy,
    ),
    Rule(
        "sqs",
        SETS_ATTRIBUTES,
        "Attributes.RedriveAllowPolicy",
        "a redrive allow policy allows all, denies all or names one to ten source queues",
        f"{API}API_SetQueueAttributes.html",
        redrive_allow_policy,
    ),
    Rule(
        "sqs",
        SETS_ATTRIBUTES,
        "Attributes.Policy",
        "a queue's policy is JSON with statements",
        f"{API}API_SetQueueAttributes.html",
        _policy,
    ),
    Rule(
        "sqs",
        ("CreateQueue",),
        "Attributes.FifoThroughputLimit",
        "throughput is by message group where duplicates are, too",
        f"{API}API_CreateQueue.html",
        _throughput,
    ),
    Rule(
        "sqs",
        ("ListQueues", "ListDeadLetterSourceQueues"),
        "MaxResults",
        "a listing has 1 to 1,000 queues",
        f"{API}API_ListQueues.html",
        _results,
    ),
    Rule(
        "sqs",
        ("CreateQueue",),
        "QueueName",
        "a queue's name has 80 letters, digits, hyphens and underscores at most",
        f"{API}API_CreateQueue.html",
        _queue_name,
    ),
    *MESSAGE_RULES,
)
