"""CloudWatch Logs Insights: queries of log groups."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom_rules.insights import Event, MalformedQuery, Outcome, compile_query, text

from mailroom_localstack.patches import patch

PROVIDER = "localstack.services.logs.provider:LogsProvider"
LANGUAGE = "CWLI"
# Queries that have ended are kept for their results.
KEPT = 1_000
# Some callers give milliseconds where the API says seconds.
MILLISECONDS = 10**11


@dataclass(frozen=True)
class Ended:
    """A query that has ended.

    Attributes:
        created: Milliseconds since 1970.
        bytes: The size of the messages that were looked at.
    """

    id: str
    source: str
    groups: list[str]
    created: int
    outcome: Outcome
    bytes: int

    def described(self) -> dict[str, Any]:
        """As DescribeQueries has it."""
        return {
            "queryLanguage": LANGUAGE,
            "queryId": self.id,
            "queryString": self.source,
            "status": "Complete",
            "createTime": self.created,
            "logGroupName": self.groups[0],
        }


@patch(f"{PROVIDER}.start_query")
def run_query(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Run a query of Logs Insights.

    LocalStack: ignores filter, sort, stats and parse, and takes any text for a query.

    AWS: runs the commands, and answers MalformedQueryException with the place of the error.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html

    Test: tests/parity/test_insights.py::test_a_query_filters_calculates_and_sorts
    """
    from localstack.aws.api.logs import InvalidParameterException

    request = context.service_request
    language = request.get("queryLanguage") or LANGUAGE
    if language != LANGUAGE:
        raise InvalidParameterException(f"Mailroom runs no queries in {language}")
    source = request.get("queryString") or ""
    try:
        query = compile_query(source)
    except MalformedQuery as error:
        raise _malformed(error) from None
    begin, end = (_milliseconds(request[name]) for name in ("startTime", "endTime"))
    if end < begin:
        raise InvalidParameterException("End time should not be less than start time")
    groups = _groups(context, request)
    found = [event for group in groups for event in _events(context, group, begin, end)]
    ended = Ended(
        str(uuid.uuid4()),
        source,
        [group.name for group in groups],
        int(time.time() * 1000),
        query.run([event.row() for event in found], request.get("limit")),
        sum(len(event.message.encode()) for event in found),
    )
    queries = _queries(context)
    queries[ended.id] = ended
    while len(queries) > KEPT:
        del queries[next(iter(queries))]
    return {"queryId": ended.id}


@run_query.also(f"{PROVIDER}.get_query_results")
def get_results(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """The rows of a query, and what was looked at."""
    ended = _find(context)
    return {
        "queryLanguage": LANGUAGE,
        "results": [
            [{"field": name, "value": value} for name, value in row.items()]
            for row in ended.outcome.rows
        ],
        "statistics": {
            "recordsMatched": float(ended.outcome.matched),
            "recordsScanned": float(ended.outcome.scanned),
            "bytesScanned": float(ended.bytes),
        },
        "status": "Complete",
    }


@run_query.also(f"{PROVIDER}.stop_query")
def refuse_to_stop(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Refuse to stop a query: each has ended when StartQuery answers."""
    from localstack.aws.api.logs import InvalidParameterException

    _find(context)
    raise InvalidParameterException("The specified query is not running.")


@run_query.also(f"{PROVIDER}.describe_queries")
def describe(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """The latest queries, the newest first."""
    request = context.service_request
    group, status = request.get("logGroupName"), request.get("status")
    found = [
        query.described()
        for query in reversed(list(_queries(context).values()))
        if (not group or group in query.groups) and status in (None, "Complete")
    ]
    return {"queries": found[: request.get("maxResults") or KEPT]}


@run_query.also(f"{PROVIDER}.get_log_record")
def get_record(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """All fields of the event that a row's `@ptr` names."""
    from localstack.aws.api.logs import InvalidParameterException

    pointer = context.service_request["logRecordPointer"]
    try:
        name, begin = json.loads(base64.urlsafe_b64decode(pointer))[:2]
        [group] = _groups(context, {"logGroupName": name})
        [event] = [one for one in _events(context, group, begin, begin) if one.pointer == pointer]
    except ValueError:
        raise InvalidParameterException("The log record pointer is invalid.") from None
    fields = {key: text(value) for key, value in event.row().items() if value is not None}
    return {"logRecord": fields}


def _groups(context: Any, request: Any) -> list[Any]:
    """moto's log groups that a request names."""
    from localstack.aws.api.logs import InvalidParameterException, ResourceNotFoundException
    from localstack.services.logs.models import get_moto_logs_backend

    given = [name for name in (request.get("logGroupName"),) if name]
    given += request.get("logGroupNames") or []
    given += request.get("logGroupIdentifiers") or []
    if not given:
        raise InvalidParameterException("At least one log group must be specified.")
    existing = get_moto_logs_backend(context.account_id, context.region).groups
    names = [one.split(":log-group:")[-1].removesuffix(":*") for one in given]
    for name in names:
        if name not in existing:
            raise ResourceNotFoundException(f"Log group '{name}' does not exist.")
    return [existing[name] for name in dict.fromkeys(names)]


def _events(context: Any, group: Any, begin: int, end: int) -> Iterator[Event]:
    """The events of a group between two times, both included, in milliseconds since 1970."""
    for stream in list(group.streams.values()):
        for event in list(stream.events):
            if begin <= event.timestamp <= end:
                where = json.dumps([group.name, event.timestamp, event.event_id])
                yield Event(
                    event.message,
                    event.timestamp,
                    event.ingestion_time,
                    context.account_id,
                    group.name,
                    stream.log_stream_name,
                    base64.urlsafe_b64encode(where.encode()).decode(),
                )


def _milliseconds(moment: int) -> int:
    return moment if moment > MILLISECONDS else moment * 1000


def _find(context: Any) -> Ended:
    from localstack.aws.api.logs import ResourceNotFoundException

    found = _queries(context).get(context.service_request["queryId"])
    if found is None:
        raise ResourceNotFoundException("The specified query does not exist.")
    return found


def _malformed(error: MalformedQuery) -> Exception:
    from localstack.aws.api.logs import MalformedQueryException

    refusal: Exception = MalformedQueryException(
        str(error),
        queryCompileError={
            "location": {"startCharOffset": error.start, "endCharOffset": error.end},
            "message": str(error),
        },
    )
    return refusal


def _queries(context: Any) -> dict[str, Ended]:
    return _by_region.setdefault((context.account_id, context.region), {})


_by_region: dict[tuple[str, str], dict[str, Ended]] = {}
