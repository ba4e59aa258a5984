"""Generates the parts of infra/template.yml that repeat for each message type.

They stand between the lines `# types: begin PART` and `# types: end PART`.
"""

import re
from collections.abc import Callable, Sequence

from mailroom.errors import Refused
from mailroom.types.dashboard import dashboard
from mailroom.types.described import MessageType

_PART = re.compile(
    r"^(?P<indent> *)# types: begin (?P<part>\S+)\n(?P<text>.*?)^ *# types: end (?P=part)\n",
    re.M | re.S,
)
_RESOURCE = re.compile(r"^  (\w+):", re.M)

_QUEUE = """
{t}Queue:
  Type: AWS::SQS::Queue
  Properties:
    VisibilityTimeout: {visibility_timeout}
    MessageRetentionPeriod: {retention}
    SqsManagedSseEnabled: true
    RedrivePolicy:
      deadLetterTargetArn: !GetAtt {t}DeadLetterQueue.Arn
      maxReceiveCount: {max_receive_count}
"""
_DEAD_LETTER_QUEUE = """
{t}DeadLetterQueue:
  Type: AWS::SQS::Queue
  Properties:
    MessageRetentionPeriod: 1209600
    SqsManagedSseEnabled: true
"""
_SUBSCRIPTION = """
{t}Subscription:
  Type: AWS::SNS::Subscription
  DependsOn: TopicToQueuesPolicy
  Properties:
    TopicArn: !Ref MessagesTopic
    Protocol: sqs
    Endpoint: !GetAtt {t}Queue.Arn
    RawMessageDelivery: true
    FilterPolicy:
      type: [{name}]
    RedrivePolicy:
      deadLetterTargetArn: !GetAtt SubscriptionDeadLetterQueue.Arn
"""
_EVENT_SOURCE_MAPPING = """
{t}EventSourceMapping:
  Type: AWS::Lambda::EventSourceMapping
  Condition: ConsumeEvents
  Properties:
    FunctionName: !Ref ProcessMessagesFunction
    EventSourceArn: !GetAtt {t}Queue.Arn
    BatchSize: {batch_size}
{window}    FunctionResponseTypes: [ReportBatchItemFailures]
    ScalingConfig:
      MaximumConcurrency: {consumers}
"""
_DEAD_LETTER_ALARM = """
{t}DeadLetterAlarm:
  Type: AWS::CloudWatch::Alarm
  Properties:
    AlarmDescription: {Many} are dead
    Namespace: AWS/SQS
    MetricName: ApproximateNumberOfMessagesVisible
    Dimensions:
      - Name: QueueName
        Value: !GetAtt {t}DeadLetterQueue.QueueName
    Statistic: Maximum
    Period: 60
    EvaluationPeriods: 1
    Threshold: 0
    ComparisonOperator: GreaterThanThreshold
    TreatMissingData: notBreaching
    AlarmActions: !If [NotifyAlarms, [!Ref AlarmTopicArn], !Ref AWS::NoValue]
"""
_AGE_ALARM = """
{t}AgeAlarm:
  Type: AWS::CloudWatch::Alarm
  Properties:
    AlarmDescription: The oldest {one} has waited for longer than a batch may take to settle
    Namespace: AWS/SQS
    MetricName: ApproximateAgeOfOldestMessage
    Dimensions:
      - Name: QueueName
        Value: !GetAtt {t}Queue.QueueName
    Statistic: Maximum
    Period: 60
    EvaluationPeriods: 1
    Threshold: !Ref SettlementLimitSeconds
    ComparisonOperator: GreaterThanThreshold
    TreatMissingData: notBreaching
    AlarmActions: !If [NotifyAlarms, [!Ref AlarmTopicArn], !Ref AWS::NoValue]
"""

_EXPIRY_ALARM = """
{t}ExpiryAlarm:
  Type: AWS::CloudWatch::Alarm
  Properties:
    AlarmDescription: The oldest {one} has waited for half of the time that its queue keeps it
    Namespace: AWS/SQS
    MetricName: ApproximateAgeOfOldestMessage
    Dimensions:
      - Name: QueueName
        Value: !GetAtt {t}Queue.QueueName
    Statistic: Maximum
    Period: 300
    EvaluationPeriods: 1
    Threshold: {half}
    ComparisonOperator: GreaterThanThreshold
    TreatMissingData: notBreaching
    AlarmActions: !If [NotifyAlarms, [!Ref AlarmTopicArn], !Ref AWS::NoValue]
"""

_Types = Sequence[MessageType]


def _each(text: str, separator: str = "\n") -> Callable[[_Types], str]:
    """The text of a part that has the same lines for each type."""
    return lambda types: separator.join(_filled(text.lstrip("\n"), one) for one in types)


def _filled(text: str, one: MessageType) -> str:
    window = one.settings["window"]
    many = one.table.replace("_", " ")
    return text.format(
        t=one.resource,
        name=one.name,
        one=one.name.replace("_", " "),
        Many=many[0].upper() + many[1:],
        window=f"    MaximumBatchingWindowInSeconds: {window}\n" if window else "",
        half=one.settings["retention"] // 2,
        consumers=one.consumers or "!Ref ConsumersPerQueue",
        **{k: v for k, v in one.settings.items() if k not in ("window", "consumers")},
    )


def _outputs(types: _Types) -> str:
    queues = "{t}QueueUrl:\n  Value: !Ref {t}Queue\n"
    return _each(queues, "")(types) + _each(queues.replace("{t}", "{t}DeadLetter"), "")(types)


def _environment(types: _Types) -> str:
    # One text: cfn-lint does not resolve a !Join of thirty.
    queues = _each("  {name}=${{{t}Queue.QueueName}},\n", "")(types).removesuffix(",\n")
    return f"QUEUES: !Sub >-\n{queues}\n"


def _event_concurrency(types: _Types) -> str:
    # At least 40, as ProcessConcurrency, and for each event source mapping what it may use.
    return f"Default: {max(40, sum(one.consumers or 2 for one in types))}\n"


_PARTS: dict[str, Callable[[_Types], str]] = {
    "event-concurrency": _event_concurrency,
    "queues": _each(_QUEUE),
    "dead-letter-queues": _each(_DEAD_LETTER_QUEUE),
    "queues-of-policy": _each("- !Ref {t}Queue\n", ""),
    "resources-of-policy": _each("- !GetAtt {t}Queue.Arn\n", ""),
    "subscriptions": _each(_SUBSCRIPTION),
    "routed": lambda types: f"- anything-but: [{', '.join(one.name for one in types)}]\n",
    "environment": _environment,
    "event-source-mappings": _each(_EVENT_SOURCE_MAPPING),
    "consumed": _each("- !GetAtt {t}Queue.Arn\n", ""),
    "dead-lettered": _each("- !GetAtt {t}DeadLetterQueue.Arn\n", ""),
    "dead-letter-alarms": _each(_DEAD_LETTER_ALARM),
    "age-alarms": _each(_AGE_ALARM),
    "expiry-alarms": _each(_EXPIRY_ALARM),
    "outputs": _outputs,
}


def generate_template(text: str, types: _Types) -> str:
    """The template with its generated parts as the types say.

    Args:
        text: The template.
        types: The types, in the order that they are to have.

    Raises:
        Refused: A part is missing or unknown, or a type's resource has the name of another.
    """
    found = [match["part"] for match in _PART.finditer(text)]
    parts = _parts(_PART.sub("", text))
    if sorted(found) != sorted(parts):
        wrong = sorted(set(found) ^ set(parts))
        raise Refused(f"infra/template.yml: generated parts are missing or unknown: {wrong}")
    _refuse_taken(_PART.sub("", text), types)
    return _PART.sub(lambda match: _part(match, parts[match["part"]](types)), text)


def _parts(rest: str) -> dict[str, Callable[[_Types], str]]:
    """The parts of a template; the dashboard has also the alarms that are in the rest of it."""
    alarms = [name for name in _RESOURCE.findall(rest) if name.endswith("Alarm")]
    return {**_PARTS, "dashboard": lambda types: dashboard(types, alarms)}


def _part(match: re.Match[str], generated: str) -> str:
    indent, part = match["indent"], match["part"]
    lines = generated.splitlines(keepends=True)
    text = "".join(f"{indent}{line}" if line.strip() else line for line in lines)
    return f"{indent}# types: begin {part}\n{text}{indent}# types: end {part}\n"


def _refuse_taken(rest: str, types: _Types) -> None:
    taken = set(_RESOURCE.findall(rest))
    parts = ("Queue", "DeadLetterQueue", "Subscription", "EventSourceMapping", "AgeAlarm")
    for one in types:
        names = {one.resource + part for part in (*parts, "DeadLetterAlarm", "ExpiryAlarm")}
        if names & taken:
            raise Refused(
                f"no type can be named {one.name}: the template has the resource"
                f" {', '.join(sorted(names & taken))} already"
            )
        taken |= names
