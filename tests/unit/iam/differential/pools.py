"""What the generator draws from: small pools, so that policies and requests often meet."""

from mailroom_rules.policies.arn_pattern import WITH_RESOURCE_TYPES

ACCOUNT, OTHER = "111111111111", "222222222222"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/ProcessMessages/invocation"
OTHER_SESSION = f"arn:aws:sts::{OTHER}:assumed-role/Auditor/alice"
USER = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ProcessMessages"
FEDERATED_USER = f"arn:aws:sts::{ACCOUNT}:federated-user/alice"
SERVICES = ("sns.amazonaws.com", "lambda.amazonaws.com", "states.amazonaws.com")
PRINCIPALS = (
    *(SESSION, SESSION, SESSION, SESSION, SESSION, SESSION, OTHER_SESSION, OTHER_SESSION),
    *(USER, USER, ROLE, FEDERATED_USER, "sns.amazonaws.com", "sns.amazonaws.com"),
    *(USER, ROLE, FEDERATED_USER, "sns.amazonaws.com", "anonymous"),
    f"arn:aws:iam::{ACCOUNT}:root",
)
NAMES = (
    *(SESSION, OTHER_SESSION, USER, ROLE, FEDERATED_USER, ACCOUNT, OTHER),
    *(f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER}:root"),
)

TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:messages"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:alerts-dead"
BUCKET = "arn:aws:s3:::mailroom-batches"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:process"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{OTHER}:secret:db/owner-AbC123"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TARGETS = (
    ("sns:Publish", TOPIC, ACCOUNT),
    ("sqs:SendMessage", QUEUE, ACCOUNT),
    ("sqs:ReceiveMessage", QUEUE, ACCOUNT),
    ("s3:GetObject", f"{BUCKET}/in/2026/batch:1.jsonl", ACCOUNT),
    ("s3:PutObject", f"{BUCKET}/out/alice/a.json", OTHER),
    ("s3:ListBucket", BUCKET, ACCOUNT),
    ("lambda:InvokeFunction", FUNCTION, ACCOUNT),
    ("lambda:InvokeFunction", f"{FUNCTION}:live", ACCOUNT),
    ("secretsmanager:GetSecretValue", SECRET, OTHER),
    ("states:StartExecution", f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:flow", ACCOUNT),
    ("kms:Decrypt", KEY, ACCOUNT),
)
ACTIONS = (*dict.fromkeys(target[0] for target in TARGETS), "sqs:Delete*", "s3:Get*", "sns:*")
RESOURCES = (
    *dict.fromkeys(target[1] for target in TARGETS),
    f"{BUCKET}/*",
    f"{FUNCTION}:*",
    "arn:aws:sqs:*:*:alerts-*",
    "arn:aws:*:*:*:*",
    f"arn:aws:s*:eu-west-?:{ACCOUNT}:*",
    f"{BUCKET}/out/${{aws:username}}/*",
    f"{BUCKET}/${{aws:PrincipalTag/team, 'in'}}/*",
    "arn:aws:s3:::*/in/*/batch?1.*",
)

CONTEXT: dict[str, tuple[str | list[str], ...]] = {
    "aws:username": ("alice", "bob", "a*e"),
    "aws:PrincipalTag/team": ("red", "blue", "out"),
    "aws:PrincipalTag/cost": ("10", "9.5", "-3"),
    "aws:SourceArn": (TOPIC, TOPIC.replace("eu-west-1", "us-east-1"), QUEUE, FUNCTION),
    "aws:SourceAccount": (ACCOUNT, OTHER),
    "aws:PrincipalArn": (ROLE, USER),
    "aws:SecureTransport": ("true", "false", "True"),
    "aws:RequestedRegion": ("eu-west-1", "us-east-1"),
    "aws:CurrentTime": ("2026-11-23T12:00:00Z", "2025-01-01T00:00:00Z"),
    "aws:SourceIp": ("203.0.113.7", "10.1.2.3", "2001:db8::7"),
    "aws:TagKeys": (["team"], ["team", "cost"], ["other"], ["team", "Team"]),
    "s3:prefix": ("in/", "out/alice/", "In/"),
    "s3:max-keys": ("10", "1000"),
    "kms:EncryptionContext:bytes": ("QmluYXJ5", "T3RoZXI="),
    "sns:Protocol": ("sqs", "SQS", "lambda"),
}
STRINGS = (
    *("alice", "bob", "red", "blue", "eu-west-1", ACCOUNT, "in/", "out/*", "*", "?lice", "team"),
    *("${aws:username}", "out/${aws:username}/", "${aws:PrincipalTag/team, 'red'}", "a${*}e"),
    *("${aws:TagKeys}", "eu-*", "SQS", "t*", "cost", "a?e", "${s3:none}"),
)
STRING_KEYS = (
    *("aws:username", "aws:PrincipalTag/team", "aws:RequestedRegion", "s3:prefix"),
    *("aws:SourceAccount", "aws:TagKeys", "sns:Protocol", "aws:absent"),
)
ARNS = (
    *(TOPIC, TOPIC.replace("eu-west-1", "*"), f"arn:aws:sns:*:{ACCOUNT}:*", QUEUE, ROLE, USER),
    *("arn:aws:*:*:*:*", "arn:aws:iam::*:user/${aws:username}", "arn:aws:s?s:*:*:alerts*"),
    *(f"arn:aws:sns:eu-west-1:{ACCOUNT}:mess?ges", "arn:aws:lambda:*:*:function:*"),
)
EQUALITIES = ("Equals", "NotEquals")
ORDERS = (*EQUALITIES, "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
STRING_OPERATORS = (*EQUALITIES, "Like", "NotLike", "EqualsIgnoreCase", "NotEqualsIgnoreCase")
CONDITIONS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (tuple(f"String{name}" for name in STRING_OPERATORS), STRING_KEYS, STRINGS),
    (
        ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
        ("aws:SourceArn", "aws:PrincipalArn", "aws:absentArn"),
        ARNS,
    ),
    (
        tuple(f"Numeric{name}" for name in ORDERS),
        ("s3:max-keys", "aws:PrincipalTag/cost"),
        ("10", "9.5", "0", "1000", "-3"),
    ),
    (
        tuple(f"Date{name}" for name in ORDERS),
        ("aws:CurrentTime", "aws:TokenIssueTime"),
        ("2026-11-23T12:00:00Z", "2026-01-01", "2026-11-23T13:00:00+01:00", "2025-01-01T00:00:00Z"),
    ),
    (("Bool",), ("aws:SecureTransport", "aws:MultiFactorAuthPresent"), ("true", "false", "TRUE")),
    (("BinaryEquals",), ("kms:EncryptionContext:bytes",), ("QmluYXJ5", "T3RoZXI=")),
    (
        ("IpAddress", "NotIpAddress"),
        ("aws:SourceIp", "aws:VpcSourceIp"),
        (
            *("203.0.113.0/24", "10.0.0.0/8", "203.0.113.7", "2001:db8::/32", "::/0", "0.0.0.0/0"),
            *("10.1.2.0/30", "203.0.113.7/32", "128.0.0.0/1", "2001:db8::/126", "192.0.2.0/24"),
        ),
    ),
    (("Null",), ("aws:username", "aws:TagKeys", "aws:absent"), ("true", "false")),
)


def ways_to_name(principal: str) -> tuple[str, ...]:
    """Every Principal that stands for a principal: itself, its role or user, its account."""
    account = principal.split(":")[4]
    names = [principal, account, f"arn:aws:iam::{account}:root"]
    resource = principal.split(":", 5)[5]
    if resource.startswith("assumed-role/"):
        names.append(f"arn:aws:iam::{account}:role/{resource.split('/')[1]}")
    if resource.startswith("federated-user/"):
        names.append(f"arn:aws:iam::{account}:user/{resource.split('/')[1]}")
    return tuple(dict.fromkeys(names))


def split_type(resource: str) -> tuple[str, str]:
    """The type that an ARN's last component begins with, if its service has types, and the rest."""
    service, last = resource.split(":", 5)[2::3]
    if service not in WITH_RESOURCE_TYPES:
        return "", last
    end = min(index for index in (last.find(":"), last.find("/")) if index >= 0)
    return last[: end + 1], last[end + 1 :]
