"""Loops of functions with queues and topics, which Lambda ends.

Each function that is invoked adds itself to the trace header's `Lineage`, which the AWS SDK in the
function, SQS and SNS hand on: `Lineage=a87bd80c:1|68fd508a:5`.
"""

from __future__ import annotations

import logging
import re
import zlib
from typing import Any
from urllib.parse import unquote

from mailroom_localstack.patches import patch

LOG = logging.getLogger(__name__)
MOST = 16
LINEAGE = re.compile(r"Lineage=([0-9a-f:|]+)")
OF_MESSAGES = re.compile(r'"AWSTraceHeader":\s*"([^"]*)"')
LOOP = (
    "Lambda has detected your function being invoked in a recursive loop with other AWS resources"
    " and stopped your function's invocation."
)


@patch("localstack.services.lambda_.invocation.lambda_service:LambdaService.invoke")
def end_recursive_loops(original: Any, service: Any, *args: Any, **given: Any) -> Any:
    """End a loop of a function with queues or topics after 16 invocations.

    LocalStack: lets it go on.

    AWS: counts a function's invocations in a chain of requests, and stops the next one unless
    `RecursiveLoop` is `Allow`.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html

    Test: tests/parity/test_recursion.py::test_a_loop_of_a_function_with_a_queue_ends
    """
    if args or given.get("invocation_type") == "DryRun":
        return original(service, *args, **given)
    from localstack.utils.xray.trace_header import TraceHeader

    name, account, region = given["function_name"], given["account_id"], given["region"]
    context = given.get("trace_context") or {}
    header = context.get("aws_trace_header") or TraceHeader().ensure_root_exists()
    counts = lineage(str(header.lineage or ""), given.get("payload"))
    key = f"{zlib.crc32(f'{account}:{region}:{name}'.encode()):08x}"
    counts[key] = counts.get(key, 0) + 1
    if counts[key] > MOST and _terminates(account, region, name):
        LOG.warning("Function %s: %s", name, LOOP)
        if given.get("invocation_type") == "Event":
            return None
        from localstack.aws.api.lambda_ import RecursiveInvocationException

        raise RecursiveInvocationException(LOOP, Type="User")
    text = "|".join(f"{one}:{count}" for one, count in counts.items())
    header = TraceHeader(header.root, header.parent, header.sampled, header.data, text)
    return original(service, **{**given, "trace_context": {**context, "aws_trace_header": header}})


def lineage(header: str, payload: bytes | None) -> dict[str, int]:
    """How often each function was invoked in a chain, by a header and by messages' headers."""
    found = [unquote(header)]
    if payload and b"Lineage" in payload:
        headers = OF_MESSAGES.findall(payload.decode(errors="replace"))
        found += [match[1] for one in headers for match in LINEAGE.finditer(unquote(one))]
    counts: dict[str, int] = {}
    for one in filter(None, "|".join(found).split("|")):
        key, _, count = one.partition(":")
        if count.isdigit():
            counts[key] = max(counts.get(key, 0), int(count))
    return counts


def _terminates(account: str, region: str, name: str) -> bool:
    from localstack.services.lambda_.invocation.models import lambda_stores

    function = lambda_stores[account][region].functions.get(name)
    return function is None or str(function.recursive_loop) != "Allow"
