"""Where the judge (@cloud-copilot/iam-simulate) isn't asked, or isn't believed, and why.

Each is either recognised in a generated pair, which is then left out, or never generated.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mailroom_iam.arn import is_doubtful
from mailroom_iam.principal import Principal
from mailroom_iam.principal_element import Naming, PrincipalElement

BUCKET_WITH_ACCOUNT = re.compile(r"arn:aws:s3:[^:\"]*:[^:\"]+:[^/\"]*[*?]")

VARIABLE_IN_UNTYPED = re.compile(r'arn:aws:s[nq]s:[^:"]*:[^:"]*:[^"]*\$\{[^*?$]')

type Json = dict[str, Any]


def _policies(pair: Json) -> list[Json]:
    policies = [*pair["identity"], pair["boundary"], pair["session"], pair["resource_policy"]]
    return [policy for policy in policies if policy]


def _statements(pair: Json) -> list[Json]:
    return [statement for policy in _policies(pair) for statement in policy["Statement"]]


def _old_version_with_variables(pair: Json) -> bool:
    return any(
        policy["Version"] == "2008-10-17" and "${" in json.dumps(policy)
        for policy in _policies(pair)
    )


def _for_any_value_if_exists_missing(pair: Json) -> bool:
    present = {key.lower() for key in pair["context"]}
    return any(
        operator.startswith("ForAnyValue:")
        and operator.endswith("IfExists")
        and any(key.lower() not in present for key in keys)
        for statement in _statements(pair)
        for operator, keys in statement.get("Condition", {}).items()
    )


def _not_principal_in_part(pair: Json) -> bool:
    if not pair["principal"].startswith("arn:"):
        return False
    principal = Principal.parse(pair["principal"])
    for statement in _statements(pair):
        if "NotPrincipal" in statement:
            element = PrincipalElement(statement["NotPrincipal"])
            named = element.naming(principal) is not Naming.NONE
            if named and not element.excepts_from_deny(principal):
                return True
    return False


def _doubtful_resources(pair: Json) -> bool:
    """Those of a Deny or NotResource, and types without the colon or slash that would end them."""
    for statement in _statements(pair):
        for name in ("Resource", "NotResource"):
            written = statement.get(name, [])
            for pattern in [written] if isinstance(written, str) else written:
                plain = statement["Effect"] == "Allow" and name == "Resource"
                ended = any(end in pattern.split(":", 5)[-1].split("${")[0] for end in ":/")
                if is_doubtful(pattern) and not (plain and ended):
                    return True
    return False


def _variable_in_untyped(pair: Json) -> bool:
    return bool(VARIABLE_IN_UNTYPED.search(json.dumps(_statements(pair))))


def _addresses_of_both_kinds(pair: Json) -> bool:
    address = pair["context"].get("aws:SourceIp", "")
    return ":" in address and any(
        "NotIpAddress" in operator and '"203.0.113.7"' in json.dumps(keys)
        for statement in _statements(pair)
        for operator, keys in statement.get("Condition", {}).items()
    )


def _every_ipv4_address(pair: Json) -> bool:
    return '"0.0.0.0/0"' in json.dumps(_statements(pair))


def _bucket_with_account(pair: Json) -> bool:
    return bool(BUCKET_WITH_ACCOUNT.search(json.dumps(_statements(pair))))


def _not_resource_without_value(pair: Json) -> bool:
    present = {key.lower() for key in pair["context"]}
    return any(
        "${aws:username}" in json.dumps(statement.get("NotResource", ""))
        and "aws:username" not in present
        for statement in _statements(pair)
    )


def _arn_not_like_without_value(pair: Json) -> bool:
    present = {key.lower() for key in pair["context"]}
    return "aws:username" not in present and any(
        "ArnNot" in operator and "${aws:username}" in json.dumps(keys)
        for statement in _statements(pair)
        for operator, keys in statement.get("Condition", {}).items()
    )


def _session_and_resource_policy(pair: Json) -> bool:
    return bool(pair["session"] and pair["resource_policy"])


@dataclass(frozen=True)
class Exclusion:
    """Something that the two are not compared on."""

    what: str
    why: str
    applies: Callable[[Json], bool] | None = None


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
        _old_version_with_variables,
    ),
    Exclusion(
        "ForAnyValue:…IfExists with a missing key",
        "the judge says no match; AWS: IfExists with any operator but Null is true if the key is "
        "not present",
        _for_any_value_if_exists_missing,
    ),
    Exclusion(
        "Deny with a NotPrincipal that names a principal only in part",
        "the judge takes any one match as an exception ('need to do research on this'); AWS: the "
        "account, the role and the session must all be listed",
        _not_principal_in_part,
    ),
    Exclusion(
        "a wildcard in a resource's type where it would take access away",
        "AWS: not allowed; we are strict both ways (it never allows, it may deny), the judge never "
        "matches it where a colon or slash ends the type, and always where none does",
        _doubtful_resources,
    ),
    Exclusion(
        "a bucket's ARN with an account of wildcards and a name of wildcards",
        "the judge then takes the bucket's name for a resource type; S3 has none",
        _bucket_with_account,
    ),
    Exclusion(
        "a variable in the ARN of a topic or a queue",
        "the judge takes the colon in the variable's own name for the end of a resource type",
        _variable_in_untyped,
    ),
    Exclusion(
        "NotIpAddress of an IPv4 address for a request from IPv6",
        "the judge says no match; AWS: all addresses except the specified one",
        _addresses_of_both_kinds,
    ),
    Exclusion(
        "the range 0.0.0.0/0",
        "the judge finds no address in it (a shift by 32 bits in JavaScript); it is all of IPv4",
        _every_ipv4_address,
    ),
    Exclusion(
        "NotResource with a variable that has no value",
        "the judge lets the statement apply; AWS: an attempt to match fails and causes the "
        "statement to be invalid",
        _not_resource_without_value,
    ),
    Exclusion(
        "ArnNotEquals and ArnNotLike with a variable that has no value",
        "the judge looks at the components in order and may never see the variable",
        _arn_not_like_without_value,
    ),
    Exclusion(
        "a session policy together with a resource policy",
        "the judge limits every grant by the session policy; AWS: what a resource policy gives to "
        "the session itself is not limited by it",
        _session_and_resource_policy,
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
