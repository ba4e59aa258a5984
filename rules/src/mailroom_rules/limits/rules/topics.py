"""SNS: attributes of topics, and what subscribes to them."""

from mailroom_rules.limits.documents import read
from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Refuse, Request, Rule

API = "https://docs.aws.amazon.com/sns/latest/api/"
FIFO = "https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html"
RETRIES = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"
MOST_DISPLAY_NAME = 100
MOST_RETRIES, MOST_DELAY = 100, 3_600
ATTRIBUTES = {
    *("ArchivePolicy", "ContentBasedDeduplication", "DeliveryPolicy", "DisplayName"),
    *("FifoThroughputScope", "FifoTopic", "KmsMasterKeyId", "Policy", "SignatureVersion"),
    *("TracingConfig",),
}
OF_FEEDBACK = ("FeedbackRoleArn", "FeedbackSampleRate")


def _invalid(reason: str) -> Refusal:
    return Refusal("InvalidParameter", f"Invalid parameter: {reason}")


def _name(name: str, _request: Request) -> Refusal | None:
    known = name in ATTRIBUTES or name.endswith(OF_FEEDBACK)
    return None if known else _invalid("AttributeName")


def _display_name(name: str, _request: Request) -> Refusal | None:
    return _invalid("DisplayName") if len(name) > MOST_DISPLAY_NAME else None


def _policy(policy: str, _request: Request) -> Refusal | None:
    return None if isinstance(read(policy), dict) else _invalid("Policy Error: null")


def _delivery_policy(policy: str, _request: Request) -> Refusal | None:
    """An empty one takes the policy away."""
    document = read(policy or "{}")
    if not isinstance(document, dict):
        return _invalid("DeliveryPolicy: JSON text is malformed")
    http = document.get("http")
    retries = (http if isinstance(http, dict) else document).get(
        "defaultHealthyRetryPolicy" if isinstance(http, dict) else "healthyRetryPolicy"
    )
    limits = {
        "numRetries": MOST_RETRIES,
        "minDelayTarget": MOST_DELAY,
        "maxDelayTarget": MOST_DELAY,
    }
    for name, most in limits.items():
        value = retries.get(name) if isinstance(retries, dict) else None
        if isinstance(value, int) and not 0 <= value <= most:
            return _invalid(f"DeliveryPolicy: {name} must be between 0 and {most}")
    return None


VALUES: dict[str, Refuse] = {
    "DeliveryPolicy": _delivery_policy,
    "DisplayName": _display_name,
    "Policy": _policy,
}


def _value(value: str, request: Request) -> Refusal | None:
    refuse = VALUES.get(str(request.get("AttributeName")))
    return refuse(value, request) if refuse else None


def _protocol(protocol: str, request: Request) -> Refusal | None:
    if protocol in ("email", "email-json") and "@" not in str(request.get("Endpoint")):
        return _invalid("Email address")
    if protocol != "sqs" and str(request.get("TopicArn")).endswith(".fifo"):
        return _invalid("Endpoint Reason: a FIFO topic delivers to queues of SQS alone")
    return None


_SAYS = {
    "DeliveryPolicy": "a delivery policy is JSON, with 100 retries and 3,600 seconds at most",
    "DisplayName": "a topic's display name has 100 characters",
    "Policy": "a topic's policy is JSON",
}

RULES = (
    Rule(
        "sns",
        ("SetTopicAttributes",),
        "AttributeName",
        "a topic has the attributes that SNS knows",
        f"{API}API_SetTopicAttributes.html",
        _name,
    ),
    Rule(
        "sns",
        ("SetTopicAttributes",),
        "AttributeValue",
        ", ".join(_SAYS.values()),
        RETRIES,
        _value,
    ),
    *(
        Rule("sns", ("CreateTopic",), f"Attributes.{name}", says, RETRIES, VALUES[name])
        for name, says in _SAYS.items()
    ),
    Rule(
        "sns",
        ("Subscribe",),
        "Attributes.DeliveryPolicy",
        _SAYS["DeliveryPolicy"],
        RETRIES,
        _delivery_policy,
    ),
    Rule(
        "sns",
        ("Subscribe",),
        "Protocol",
        "mail has an address, and a FIFO topic delivers to queues alone",
        FIFO,
        _protocol,
    ),
)
