"""Where the judge (@cloud-copilot/iam-simulate) isn't asked, or isn't believed, and why.

Each is either recognised in a generated pair, which is then left out, or never generated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import recognise

type Json = dict[str, Any]


@dataclass(frozen=True)
class Exclusion:
    """Something that the two are not compared on."""

    what: str
    why: str
    applies: Callable[[Json], bool] | None = None
    example: Json | None = None


def _example(condition: Json, **context: str) -> Json:
    """A pair that differs, for what a run rarely meets."""
    queue = "arn:aws:sqs:eu-west-1:111111111111:alerts"
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    return {
        "principal": "arn:aws:sts::111111111111:assumed-role/Reader/session",
        "action": "sqs:SendMessage",
        "resource": queue,
        "resource_account": "111111111111",
        "context": {"aws:SourceArn": queue, **context},
        "identity": [{"Version": "2012-10-17", "Statement": [allow]}],
        **{"boundary": None, "session": None, "resource_policy": None},
    }


EXCLUSIONS = (
    Exclusion(
        "the root user",
        "the judge has no rule for it (a TODO in its DefaultServiceAuthorizer); AWS: 'all requests "
        "are implicitly denied with the exception of the AWS account root user'",
        lambda pair: str(pair["principal"]).endswith(":root"),
    ),
    Exclusion(
        "variables in a policy of version 2008-10-17",
        "the judge fills them in; AWS: 'Version must be 2012-10-17 to use policy variables, "
        "otherwise they are treated as literal strings'",
        recognise.old_version_with_variables,
    ),
    Exclusion(
        "ForAnyValue:…IfExists with a missing key",
        "the judge says no match; AWS: IfExists with any operator but Null is true if the key is "
        "not present",
        recognise.for_any_value_if_exists_missing,
    ),
    Exclusion(
        "Deny with a NotPrincipal that names a principal only in part",
        "the judge takes any one match as an exception ('need to do research on this'); AWS: the "
        "account, the role and the session must all be listed",
        recognise.not_principal_in_part,
    ),
    Exclusion(
        "a wildcard in a resource's type where it would take access away",
        "AWS: not allowed; we are strict both ways (it never allows, it may deny), the judge never "
        "matches it where a colon or slash ends the type, and always where none does",
        recognise.doubtful_resources,
    ),
    Exclusion(
        "a bucket's ARN with an account of wildcards and a name of wildcards",
        "the judge then takes the bucket's name for a resource type; S3 has none",
    ),
    Exclusion(
        "a variable in the ARN of a topic or a queue",
        "the judge takes the colon in the variable's own name for the end of a resource type",
        recognise.variable_in_untyped,
    ),
    Exclusion(
        "NotIpAddress of an IPv4 address for a request from IPv6",
        "the judge says no match; AWS: all addresses except the specified one",
        recognise.addresses_of_both_kinds,
        _example({"NotIpAddress": {"aws:SourceIp": "203.0.113.7"}}, **{"aws:SourceIp": "::7"}),
    ),
    Exclusion(
        "the range 0.0.0.0/0",
        "the judge finds no address in it (a shift by 32 bits in JavaScript); it is all of IPv4",
        recognise.every_ipv4_address,
    ),
    Exclusion(
        "NotResource with a variable that has no value",
        "the judge lets the statement apply; AWS: an attempt to match fails and causes the "
        "statement to be invalid",
        recognise.not_resource_without_value,
    ),
    Exclusion(
        "ArnNotEquals and ArnNotLike with a variable that has no value",
        "the judge looks at the components in order and may never see the variable",
        recognise.arn_not_like_without_value,
        _example({"ArnNotLike": {"aws:SourceArn": "arn:aws:iam::*:user/${aws:username}"}}),
    ),
    Exclusion(
        "${*} in an equality with a value that has a star",
        "the judge compares with the backslash of its own regular expression; AWS: ${*} is *",
        recognise.escaped_star_in_equality,
        _example({"StringNotEquals": {"aws:username": "a${*}e"}}, **{"aws:username": "a*e"}),
    ),
    Exclusion(
        "a session policy together with a resource policy that gives to the session itself",
        "the judge limits every grant by the session policy; AWS: what a resource policy gives to "
        "the session itself is not limited by it",
        recognise.session_named_by_the_resource,
    ),
    Exclusion("ARN components in another case", "the judge ignores case before the fifth colon"),
    Exclusion("epoch seconds in dates", "the judge compares them with milliseconds"),
    Exclusion(
        "numbers, dates, addresses and ARNs that are none", "AWS doesn't document the result"
    ),
    Exclusion("empty values of multivalued keys", "the judge doesn't know AWS's null data set"),
    Exclusion(
        "a role with a path",
        "the judge compares the last part of the name; AWS resolves the ARN to the role's id",
    ),
    Exclusion(
        "a variable before the fifth colon of a Resource",
        "the judge fills it in; AWS: 'you can't use a variable to replace parts of the ARN before "
        "the fifth colon'",
    ),
    Exclusion(
        "Federated and CanonicalUser principals",
        "the judge compares them with the requester's own ARN; they stand for a provider's user "
        "and for an account",
    ),
    Exclusion(
        "a permissions boundary on a service or an anonymous principal",
        "there is no such thing; the judge applies it",
    ),
)


def excluded_by(pair: Mapping[str, Any]) -> Exclusion | None:
    """The exclusion that a pair falls under, or None."""
    applicable = (item for item in EXCLUSIONS if item.applies and item.applies(dict(pair)))
    return next(applicable, None)
