"""Recognising, in a generated pair, what the judge is not asked about; `exclusions` says why."""

import json
import re
from typing import Any

from mailroom_rules.policies.arn_pattern import is_doubtful
from mailroom_rules.policies.principal import Principal
from mailroom_rules.policies.principal_element import Naming, PrincipalElement

VARIABLE_IN_UNTYPED = re.compile(r'arn:aws:s[nq]s:[^:"]*:[^:"]*:[^"]*\$\{[^*?$]')

type Json = dict[str, Any]


def _policies(pair: Json) -> list[Json]:
    policies = [*pair["identity"], pair["boundary"], pair["session"], pair["resource_policy"]]
    return [policy for policy in policies if policy]


def _statements(pair: Json) -> list[Json]:
    return [statement for policy in _policies(pair) for statement in policy["Statement"]]


def old_version_with_variables(pair: Json) -> bool:
    """A variable under the old version of the language."""
    return any(
        policy["Version"] == "2008-10-17" and "${" in json.dumps(policy)
        for policy in _policies(pair)
    )


def for_any_value_if_exists_missing(pair: Json) -> bool:
    """ForAnyValue with IfExists, and the key is missing."""
    present = {key.lower() for key in pair["context"]}
    return any(
        operator.startswith("ForAnyValue:")
        and operator.endswith("IfExists")
        and any(key.lower() not in present for key in keys)
        for statement in _statements(pair)
        for operator, keys in statement.get("Condition", {}).items()
    )


def not_principal_in_part(pair: Json) -> bool:
    """A NotPrincipal that lists the principal, but not its account, role and session."""
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


def doubtful_resources(pair: Json) -> bool:
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


def variable_in_untyped(pair: Json) -> bool:
    """A variable in an ARN without a resource type."""
    return bool(VARIABLE_IN_UNTYPED.search(json.dumps(_statements(pair))))


def addresses_of_both_kinds(pair: Json) -> bool:
    """NotIpAddress with a plain IPv4 address, asked from IPv6."""
    address = pair["context"].get("aws:SourceIp", "")
    return ":" in address and any(
        "NotIpAddress" in operator and '"203.0.113.7"' in json.dumps(keys)
        for statement in _statements(pair)
        for operator, keys in statement.get("Condition", {}).items()
    )


def every_ipv4_address(pair: Json) -> bool:
    """The range of all IPv4 addresses."""
    return '"0.0.0.0/0"' in json.dumps(_statements(pair))


def escaped_star_in_equality(pair: Json) -> bool:
    """`${*}` compared for equality with a value that has a star."""
    return pair["context"].get("aws:username") == "a*e" and any(
        "Equals" in operator and "a${*}e" in json.dumps(keys)
        for statement in _statements(pair)
        for operator, keys in statement.get("Condition", {}).items()
    )


def not_resource_without_value(pair: Json) -> bool:
    """NotResource with a variable that has no value."""
    present = {key.lower() for key in pair["context"]}
    return any(
        "${aws:username}" in json.dumps(statement.get("NotResource", ""))
        and "aws:username" not in present
        for statement in _statements(pair)
    )


def arn_not_like_without_value(pair: Json) -> bool:
    """A negated ARN operator with a variable that has no value."""
    present = {key.lower() for key in pair["context"]}
    return "aws:username" not in present and any(
        "ArnNot" in operator and "${aws:username}" in json.dumps(keys)
        for statement in _statements(pair)
        for operator, keys in statement.get("Condition", {}).items()
    )


def session_named_by_the_resource(pair: Json) -> bool:
    """A session policy, and a resource policy that may give to the session itself."""
    if not (pair["session"] and pair["resource_policy"]):
        return False
    principal = Principal.parse(pair["principal"])
    return any(
        "NotPrincipal" in statement
        or PrincipalElement(statement["Principal"]).naming(principal) is Naming.DIRECT
        for statement in pair["resource_policy"]["Statement"]
        if statement["Effect"] == "Allow"
    )
