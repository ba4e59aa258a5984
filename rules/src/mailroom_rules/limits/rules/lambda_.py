"""Lambda: its quotas, and the variables that are its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Refuse, Request, Rule, validation

API = "https://docs.aws.amazon.com/lambda/latest/api/"
FILTERS = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"
QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
VARIABLES = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"
ASYNC = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
CONFIGURES = ("CreateFunction", "UpdateFunctionConfiguration")
MOST_SECONDS = 900
# Five, until AWS raises the quota.
MOST_FILTERS = 10
MOST_MEGABYTES = 10_240
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)


def _at_most(most: int, at: str) -> Refuse:
    def refuse(value: Any, _request: Request) -> Refusal | None:
        if isinstance(value, int) and value > most:
            return validation(value, at, f"Member must have value less than or equal to {most}")
        return None

    return refuse


def _reserved(variables: Mapping[str, str], _request: Request) -> Refusal | None:
    used = sorted(RESERVED.intersection(variables))
    if not used:
        return None
    return Refusal(
        "InvalidParameterValueException",
        "Lambda was unable to configure your environment variables because the environment"
        " variables you have provided contains reserved keys that are currently not supported for"
        f" modification. Reserved keys used in this request: {', '.join(used)}",
    )


def _dead_letter_target(target: str, _request: Request) -> Refusal | None:
    parts = target.split(":")
    is_target = len(parts) == 6 and parts[2] in ("sqs", "sns") and not target.endswith(".fifo")
    if not target or is_target:
        return None
    return Refusal(
        "InvalidParameterValueException",
        f"The provided dead letter target {target} is invalid: it has to be a standard queue of SQS"
        " or a standard topic of SNS",
    )


def _package(request: Any, _request: Request) -> Refusal | None:
    is_image = request.get("PackageType") == "Image" or "ImageUri" in (request.get("Code") or {})
    if is_image or (request.get("Runtime") and request.get("Handler")):
        return None
    return _invalid(
        "Runtime and Handler are mandatory parameters for functions created with deployment"
        " packages."
    )


def _code(code: Mapping[str, Any], _request: Request) -> Refusal | None:
    if not any(code.get(name) for name in ("ZipFile", "S3Bucket", "ImageUri")):
        return _invalid("Please provide a source for function code.")
    if code.get("ZipFile") and any(code.get(name) for name in ("S3Bucket", "S3Key", "ImageUri")):
        return _invalid(
            "Please do not provide other FunctionCode parameters when providing a ZipFile."
        )
    return None


def _log_levels(logging: Mapping[str, Any], _request: Request) -> Refusal | None:
    has_levels = logging.get("ApplicationLogLevel") or logging.get("SystemLogLevel")
    if not has_levels or logging.get("LogFormat") == "JSON":
        return None
    return _invalid("To use ApplicationLogLevel or SystemLogLevel, you must set LogFormat to JSON.")


def _window(seconds: int, request: Request) -> Refusal | None:
    if not seconds or not str(request.get("EventSourceArn")).endswith(".fifo"):
        return None
    return _invalid("Batching window is not supported for FIFO queues")


def _filters(filters: Sequence[Any], _request: Request) -> Refusal | None:
    if len(filters) <= MOST_FILTERS:
        return None
    return _invalid(f"An event source mapping has {MOST_FILTERS} filters at most.")


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterValueException", message)


RULES = (
    Rule(
        "lambda",
        ("CreateFunction",),
        "",
        "a function that is no image has a runtime and a handler",
        f"{API}API_CreateFunction.html",
        _package,
    ),
    Rule(
        "lambda",
        ("CreateFunction",),
        "Code",
        "a function's code has one source",
        f"{API}API_FunctionCode.html",
        _code,
    ),
    Rule(
        "lambda",
        ("CreateFunction",),
        "LoggingConfig",
        "levels of a log belong to its format JSON",
        f"{API}API_LoggingConfig.html",
        _log_levels,
    ),
    Rule(
        "lambda",
        ("CreateEventSourceMapping",),
        "MaximumBatchingWindowInSeconds",
        "a FIFO queue's mapping has no batching window",
        f"{API}API_CreateEventSourceMapping.html",
        _window,
    ),
    Rule(
        "lambda",
        ("CreateEventSourceMapping", "UpdateEventSourceMapping"),
        "FilterCriteria.Filters",
        "an event source mapping has ten filters",
        FILTERS,
        _filters,
    ),
    Rule(
        "lambda",
        CONFIGURES,
        "Timeout",
        "a function has 900 seconds at most",
        QUOTAS,
        _at_most(MOST_SECONDS, "timeout"),
    ),
    Rule(
        "lambda",
        CONFIGURES,
        "MemorySize",
        "a function has 10,240 MB at most",
        QUOTAS,
        _at_most(MOST_MEGABYTES, "memorySize"),
    ),
    Rule(
        "lambda",
        CONFIGURES,
        "Environment.Variables",
        "no variable has a name that Lambda reserves",
        VARIABLES,
        _reserved,
    ),
    Rule(
        "lambda",
        CONFIGURES,
        "DeadLetterConfig.TargetArn",
        "dead letters go to a standard queue or a standard topic",
        ASYNC,
        _dead_letter_target,
    ),
)
