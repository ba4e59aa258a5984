"""JSONata, the States language's other query language, evaluated in Python."""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from mailroom_localstack.patches import patch

ASL = "localstack.services.stepfunctions.asl"
ALGORITHMS = {"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"}


@patch(f"{ASL}.jsonata.jsonata:_JSONataJVMBridge.get")
def evaluate_in_python(original: Any) -> Evaluator:
    """Evaluate JSONata by `jsonata-python`, a port of the reference implementation.

    LocalStack: downloads a Java, and a library for it, at the first expression.

    AWS: evaluates JSONata 2.0.6.
    https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html

    Test: tests/integration/test_jsonata.py::test_an_expression_is_evaluated_on_the_states_data
    """
    return Evaluator()


@patch(f"{ASL}.component.common.string.string_expression:get_intrinsic_functions_declarations")
def have_functions_of_step_functions(original: Any, variable_references: Any) -> str:
    """Have `$partition`, `$range`, `$hash`, `$random` with a seed, `$uuid` and `$parse`.

    LocalStack: declares them in JSONata, `$hash` and `$uuid` as texts that say "not supported".

    AWS: has them beside JSONata's own, and no `$eval`.
    https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html

    Test: tests/integration/test_jsonata.py::test_the_functions_of_step_functions_are_there
    """
    return ""


@patch(f"{ASL}.eval.variable_store:encode_jsonata_variable_declarations")
def quote_variables(original: Any, bindings: Mapping[str, Any]) -> str:
    r"""Give a variable's text to JSONata with its quotes and backslashes escaped.

    LocalStack: puts it between quotes as it is, so that `a "b"` is a syntax error.

    AWS: has no limit to a variable's text but its length.
    https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html

    Test: tests/integration/test_jsonata.py::test_a_variable_may_have_any_text
    """
    # LocalStack encodes what is no text as JSON, which JSONata reads.
    texts = {name: value for name, value in bindings.items() if isinstance(value, str)}
    others = {name: value for name, value in bindings.items() if name not in texts}
    declared = [f"{name}:={json.dumps(value)};" for name, value in texts.items()]
    return "".join([original(others), *declared])


@patch(f"{ASL}.component.common.string.string_expression:StringJSONata._eval_body")
def name_failed_evaluation(original: Any, expression: Any, env: Any) -> None:
    """Fail a state whose expression fails with `States.QueryEvaluationError`.

    LocalStack: fails the execution with `States.Runtime`, which no Catch sees.

    AWS: names the error so, and a Retry or Catch may name it.
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html

    Test: tests/integration/test_jsonata.py::test_what_has_no_value_is_a_query_evaluation_error
    """
    from localstack.services.stepfunctions.asl.jsonata.jsonata import JSONataException

    try:
        original(expression, env)
    except JSONataException as error:
        raise _failure(expression.expression, str(error.details), env) from error


def _failure(expression: str, reason: str, env: Any) -> Exception:
    from localstack.aws.api.stepfunctions import EvaluationFailedEventDetails, HistoryEventType
    from localstack.services.stepfunctions.asl.component.common.error_name import (
        failure_event,
        states_error_name,
        states_error_name_type,
    )
    from localstack.services.stepfunctions.asl.eval.event.event_detail import EventDetails

    kind = states_error_name_type.StatesErrorNameType.StatesQueryEvaluationError
    name = states_error_name.StatesErrorName(typ=kind)
    cause = f"The JSONata expression '{expression}' threw an error: {reason}"
    details = EvaluationFailedEventDetails(cause=cause, error=name.error_name)
    failure = failure_event.FailureEventException(
        failure_event.FailureEvent(
            env=env,
            error_name=name,
            event_type=HistoryEventType.EvaluationFailed,
            event_details=EventDetails(evaluationFailedEventDetails=details),
        )
    )
    env.event_manager.add_event(
        context=env.event_history_context,
        event_type=HistoryEventType.EvaluationFailed,
        event_details=EventDetails(evaluationFailedEventDetails=details),
    )
    return failure


class Evaluator:
    """What LocalStack has a JVM for."""

    def eval_jsonata(self, expression: str) -> Any:
        """Evaluate an expression, in which all variables are declared.

        Raises:
            JSONataException: it is malformed, or fails.
        """
        from jsonata.jexception import JException
        from jsonata.jsonata import Jsonata
        from localstack.services.stepfunctions.asl.jsonata.jsonata import JSONataException

        try:
            parsed = Jsonata(expression)
            for name, function in FUNCTIONS.items():
                parsed.register_lambda(name, function)
            # A function as the result is a text, of which LocalStack asks the type.
            return json.loads(json.dumps(parsed.evaluate(None), default=str))
        except (JException, ValueError, TypeError) as error:
            raise JSONataException("UNKNOWN", str(error)) from error


def _partition(values: Any, size: Any) -> list[Any] | None:
    if values is None:
        return None
    whole, step = values if isinstance(values, list) else [values], int(size)
    if step <= 0:
        raise ValueError("$partition needs a size above 0")
    return [whole[start : start + step] for start in range(0, len(whole), step)]


def _range(first: Any, last: Any, step: Any) -> list[Any]:
    if not step:
        raise ValueError("$range needs a step that isn't 0")
    number = int((last - first) / step) + 1
    return [first + step * index for index in range(max(0, number))]


def _hash(value: Any, algorithm: Any) -> str | None:
    if value is None:
        return None
    if algorithm not in ALGORITHMS:
        raise ValueError(f"$hash has no algorithm {algorithm}")
    return hashlib.new(str(algorithm).replace("-", ""), str(value).encode()).hexdigest()


def _random(seed: Any = None) -> float:
    return random.Random(seed).random() if seed is not None else random.random()


def _uuid() -> str:
    return str(uuid.uuid4())


def _parse(text: Any) -> Any:
    return None if text is None else json.loads(text)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "hash": _hash,
    "parse": _parse,
    "partition": _partition,
    "random": _random,
    "range": _range,
    "uuid": _uuid,
}
