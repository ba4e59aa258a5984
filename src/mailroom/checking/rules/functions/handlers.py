"""Functions and what invokes them."""

from collections.abc import Iterator

from mailroom.checking.code.modules import module_at, reachable
from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks, whole
from mailroom.checking.rules.messaging.queues import FUNCTION, MAPPING, consumers, function_of
from mailroom.checking.template.stack import Resource, Stack

_BATCHES = "lambda/latest/dg/services-sqs-errorhandling.html"
_REPORTS = {"batchItemFailures", "process_partial_response", "batch_processor"}


def _handler(function: Resource) -> tuple[str, str] | None:
    handler = function.get("Handler")
    runtime = str(function.get("Runtime") or "")
    if not isinstance(handler, str) or "." not in handler or not runtime.startswith("python"):
        return None
    module, _, name = handler.rpartition(".")
    return module.replace("/", "."), name


@rule(
    stacks,
    id="batch-item-failures",
    severity=Severity.error,
    title="an event source mapping of a queue without ReportBatchItemFailures",
    why="one message that fails makes SQS deliver the whole batch again, until all of it is in the "
    "dead-letter queue",
    page=_BATCHES,
    fix="add FunctionResponseTypes: [ReportBatchItemFailures], and report from the handler",
)
def batch_item_failures(stack: Stack) -> Iterator[Problem]:
    for consumer in consumers(stack):
        mapping = consumer.mapping
        if mapping and "ReportBatchItemFailures" not in (
            mapping.get("FunctionResponseTypes") or ()
        ):
            yield Problem(mapping.at(), f"{mapping.id} does not ask which messages failed")


@rule(
    whole,
    id="batch-item-failures-handler",
    severity=Severity.error,
    title="a handler that does not report which messages of a batch failed",
    why="Lambda takes an answer without batchItemFailures as success and deletes the whole batch, "
    "or takes an exception as the failure of all of it",
    page=_BATCHES,
    fix='return {"batchItemFailures": [{"itemIdentifier": messageId}, …]}',
)
def batch_item_failures_handler(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.stacks:
        for consumer in consumers(stack):
            handler = _handler(consumer.function)
            if consumer.mapping is None or handler is None:
                continue
            modules = reachable(definitions.functions, handler[0])
            if modules and not any(module.words & _REPORTS for module in modules):
                line = modules[0].line_of(handler[1]) or 1
                at = definitions.location(modules[0].path, line)
                yield Problem(at, f"{consumer.function.id} reports no batchItemFailures")


@rule(
    whole,
    id="handler-missing",
    severity=Severity.error,
    title="a handler that the code does not have",
    why="the function is created and fails at its first invoke: Runtime.ImportModuleError or "
    "Runtime.HandlerNotFound",
    page="lambda/latest/dg/python-handler.html",
    fix="name module.function as it stands in functions/",
)
def handler_missing(definitions: Definitions) -> Iterator[Problem]:
    if not definitions.functions.is_dir():
        return
    for stack in definitions.stacks:
        for function in stack.of_type(FUNCTION):
            handler = _handler(function)
            if handler is None:
                continue
            module = module_at(definitions.functions, handler[0])
            if module is None or module.line_of(handler[1]) is None:
                missing = f"module {handler[0]}" if module is None else f"{handler[1]} in it"
                yield Problem(
                    function.at("Handler"),
                    f"{function.id}: {function.get('Handler')}: there is no {missing}",
                )


@rule(
    stacks,
    id="event-concurrency",
    severity=Severity.error,
    title="event source mappings that may invoke more than the function may run",
    why="Lambda throttles what exceeds ReservedConcurrentExecutions, and throttled messages count "
    "as received: they go to the dead-letter queue unprocessed",
    page="lambda/latest/dg/services-sqs-scaling.html",
    fix="reserve at least the sum of the mappings' MaximumConcurrency, or lower that",
)
def event_concurrency(stack: Stack) -> Iterator[Problem]:
    for function in stack.of_type(FUNCTION):
        reserved = function.get("ReservedConcurrentExecutions")
        mappings = [
            one
            for one in stack.of_type(MAPPING)
            if function_of(stack, one.get("FunctionName")) == function
        ]
        invoked = sum(
            one.number("ScalingConfig", "MaximumConcurrency", default=2) for one in mappings
        )
        if isinstance(reserved, int) and mappings and invoked > reserved:
            yield Problem(
                function.at("ReservedConcurrentExecutions"),
                f"{function.id} reserves {reserved}, its event sources may use {invoked:g}",
            )
