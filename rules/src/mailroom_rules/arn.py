"""Amazon Resource Names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""

from typing import NamedTuple

COMPONENTS = 6


class Arn(NamedTuple):
    """The six components of an ARN. Global resources leave `region` and `account` empty.

    Attributes:
        resource: a name, `type/name` or `type:name`; it may contain colons.
    """

    prefix: str
    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return ":".join(self)


def parse_arn(text: str) -> Arn | None:
    """Split an ARN, or a pattern of one; None if it has fewer than six components."""
    parts = text.split(":", COMPONENTS - 1)
    return Arn(*parts) if len(parts) == COMPONENTS else None


def account_of(arn: str) -> str | None:
    """The account in an ARN; None if it has none, as the ARN of a bucket."""
    parsed = parse_arn(arn)
    return parsed.account or None if parsed else None
