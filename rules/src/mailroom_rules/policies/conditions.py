"""The Condition element: operators, their qualifiers, and what a missing key means.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mailroom_rules.policies.context import Context
from mailroom_rules.policies.document import MalformedPolicyError, as_list
from mailroom_rules.policies.operators import NEGATED, POSITIVE, Predicate
from mailroom_rules.policies.template import UnresolvedVariableError

Condition = Callable[[Context], bool]

FOR_ALL, FOR_ANY = "forallvalues:", "foranyvalue:"
IF_EXISTS = "ifexists"


def compile_conditions(element: Any, *, variables: bool) -> tuple[Condition, ...]:
    """Compile a Condition element; all of what it returns must hold.

    Raises:
        MalformedPolicyError: the element isn't a map of maps, or an operator doesn't exist.
    """
    if not isinstance(element, Mapping):
        raise MalformedPolicyError(f"{element!r} is not a Condition")
    compiled = []
    for operator, keys in element.items():
        if not isinstance(keys, Mapping):
            raise MalformedPolicyError(f"{operator} needs condition keys, not {keys!r}")
        for key, values in keys.items():
            compiled.append(_compile(operator, key.lower(), _strings(values), variables))
    return tuple(compiled)


def _compile(operator: str, key: str, values: list[str], variables: bool) -> Condition:
    name = operator.lower()
    if name == "null":
        return _null(key, {value.lower() for value in values})
    for_all, for_any = name.startswith(FOR_ALL), name.startswith(FOR_ANY)
    base = name.split(":", 1)[-1] if for_all or for_any else name
    if_exists = base.endswith(IF_EXISTS)
    base = base.removesuffix(IF_EXISTS)
    negated = base in NEGATED
    if not negated and base not in POSITIVE:
        raise MalformedPolicyError(f"{operator} is not a condition operator")
    factory = NEGATED[base] if negated else POSITIVE[base]
    holds = _negate(_any_of(factory, values, variables), negated)
    if for_all:
        return _for_all_values(key, holds)
    if for_any:
        return _for_any_value(key, holds, if_exists)
    return _single_value(key, holds, missing=negated or if_exists)


def _any_of(factory: Callable[[str, bool], Predicate], values: list[str], variables: bool) -> Any:
    predicates = [factory(value, variables) for value in values]
    if len(predicates) == 1:
        return predicates[0]

    def holds(value: str, context: Context) -> bool:
        unresolved: UnresolvedVariableError | None = None
        for predicate in predicates:
            try:
                if predicate(value, context):
                    return True
            except UnresolvedVariableError as error:
                unresolved = error
        if unresolved:
            raise unresolved
        return False

    return holds


def _negate(positive: Predicate, negated: bool) -> Predicate:
    """Negated operators are true when no value of the policy matches.

    A variable without a value makes the comparison invalid, so that neither form holds.
    """

    def holds(value: str, context: Context) -> bool:
        try:
            return positive(value, context) != negated
        except UnresolvedVariableError:
            return False

    return holds


def _single_value(key: str, holds: Predicate, *, missing: bool) -> Condition:
    def condition(context: Context) -> bool:
        value = context.get(key)
        if value is None:
            return missing
        # A multivalued key needs a set operator; without one AWS promises no match.
        return isinstance(value, str) and holds(value, context)

    return condition


def _for_all_values(key: str, holds: Predicate) -> Condition:
    def condition(context: Context) -> bool:
        return all(holds(value, context) for value in _values(context, key))

    return condition


def _for_any_value(key: str, holds: Predicate, if_exists: bool) -> Condition:
    def condition(context: Context) -> bool:
        if key not in context:
            return if_exists
        return any(holds(value, context) for value in _values(context, key))

    return condition


def _null(key: str, values: set[str]) -> Condition:
    absent, present = "true" in values, "false" in values
    return lambda context: present if key in context else absent


def _values(context: Context, key: str) -> Sequence[str]:
    """A key's values; none where they resolve to an empty string, as AWS counts them."""
    value = context.get(key, ())
    return tuple(filter(None, (value,) if isinstance(value, str) else value))


def _strings(values: Any) -> list[str]:
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in as_list(values)]
