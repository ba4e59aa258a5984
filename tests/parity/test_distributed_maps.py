"""Step Functions: Distributed Maps over a file in S3."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.parity.made.buckets import Buckets
from tests.parity.made.machines import Ended, Machines, State
from tests.parity.made.roles import Roles, allow, own

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"
START = allow("states:StartExecution", own("states", "stateMachine:"))
ITEMS = "items.json"


@dataclass
class Maps:
    """Runs Distributed Maps over the items of a bucket's file."""

    machines: Machines
    roles: Roles
    buckets: Buckets
    bucket: str

    def run(self, items: object, child: dict[str, State], start: bool = True, **more: Any) -> Ended:
        """Map each item by these states; `start` is whether the role may start executions."""
        self.buckets.put(self.bucket, ITEMS, json.dumps(items).encode())
        files = allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{self.bucket}/*")
        role = self.roles.make("states", files, *([START] if start else []))
        states: dict[str, State] = {
            "Each": {
                "Type": "Map",
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {"InputType": "JSON"},
                    "Parameters": {"Bucket.$": "$.bucket", "Key": ITEMS},
                },
                "ItemSelector": {
                    "batch.$": "$.batch",
                    "index.$": "$$.Map.Item.Index",
                    "item.$": "$$.Map.Item.Value",
                },
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": next(iter(child)),
                    "States": child,
                },
                "MaxConcurrency": 1,
                "Catch": [
                    {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}
                ],
                "End": True,
                **more,
            },
            "Caught": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"},
        }
        machine = self.machines.make(states, role)
        return machine.run({"batch": "b1", "bucket": self.bucket})

    def write(self, key: str) -> State:
        """A state that puts an object."""
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
            "Parameters": {
                "Bucket": self.bucket,
                "Key.$": f"States.Format('{key}/{{}}', $.index)",
                "Body.$": "$.item",
            },
            "ResultPath": None,
            "Next": "Fails",
        }

    def objects(self, prefix: str) -> dict[str, Any]:
        """The objects under a prefix, as JSON."""
        listed = self.buckets.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        keys = [one["Key"] for one in listed.get("Contents", [])]
        return {
            key: json.loads(self.buckets.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
            for key in keys
        }


@pytest.fixture
def maps(machines: Machines, roles: Roles, buckets: Buckets) -> Maps:
    return Maps(machines, roles, buckets, buckets.make())


SAYS: dict[str, State] = {"Says": {"Type": "Pass", "End": True}}
FAILS: State = {"Type": "Fail", "Error": "Wrong", "Cause": "because"}


@pytest.mark.behaviour(f"{GUIDE}/input-output-itemreader.html")
def test_a_map_has_a_child_for_each_item_of_a_json_file_with_data_of_its_input(maps: Maps) -> None:
    ended = maps.run([{"a": 1}, {"a": 2}], SAYS)

    assert ended.output == [
        {"batch": "b1", "index": 0, "item": {"a": 1}},
        {"batch": "b1", "index": 1, "item": {"a": 2}},
    ]


@pytest.mark.behaviour(f"{GUIDE}/state-map-distributed.html")
def test_a_child_that_fails_fails_the_map_and_no_more_children_start(maps: Maps) -> None:
    child = {"Writes": maps.write("started"), "Fails": FAILS}

    ended = maps.run([{"a": number} for number in range(20)], child)

    assert (ended.status, ended.error) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    assert maps.objects("started/") == {"started/0": {"a": 0}}


@pytest.mark.behaviour(f"{GUIDE}/state-map-distributed.html")
def test_a_map_tolerates_as_many_failures_as_it_says(maps: Maps) -> None:
    child: dict[str, State] = {
        "Is": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.item", "NumericLessThan": 2, "Next": "Fails"}],
            "Default": "Says",
        },
        "Fails": FAILS,
        **SAYS,
    }

    statuses = [
        maps.run([0, 1, 2, 3], child, ToleratedFailureCount=count).status for count in (1, 2)
    ]

    assert statuses == ["FAILED", "SUCCEEDED"]


@pytest.mark.behaviour(f"{GUIDE}/iam-policies-eg-dist-map.html")
def test_a_map_s_role_must_be_allowed_to_start_executions_of_its_machine(maps: Maps) -> None:
    refused, allowed = (maps.run([1], SAYS, start=start) for start in (False, True))

    assert (refused.status, allowed.status) == ("FAILED", "SUCCEEDED")
    assert "is not authorized to perform: states:StartExecution" in refused.cause


@pytest.mark.behaviour(f"{GUIDE}/concepts-error-handling.html")
def test_a_map_that_can_t_read_its_items_or_write_its_results_has_an_error_of_its_own(
    maps: Maps,
) -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {"Bucket.$": "$.bucket", "Key": "missing.json"},
    }
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "mailroom-is-nowhere", "Prefix": "results"},
    }

    unread = maps.run([1], SAYS, ItemReader=reader)
    unwritten = maps.run([1], SAYS, ResultWriter=writer)

    assert unread.error == "States.ItemReaderFailed"
    assert unwritten.error == "States.ResultWriterFailed"


@pytest.mark.behaviour(f"{GUIDE}/input-output-resultwriter.html")
def test_a_map_s_results_are_written_to_s3_with_what_each_child_was_given(maps: Maps) -> None:
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket.$": "$.bucket", "Prefix": "results"},
    }

    output = maps.run(["one", "two"], SAYS, ResultWriter=writer).output

    key = output["ResultWriterDetails"]["Key"]
    written = maps.objects("results/")
    [file] = written[key]["ResultFiles"]["SUCCEEDED"]
    children = sorted(written[file["Key"]], key=lambda child: str(child["Input"]))
    assert written[key]["MapRunArn"] == output["MapRunArn"]
    assert [child["Status"] for child in children] == ["SUCCEEDED", "SUCCEEDED"]
    assert [json.loads(child["Input"])["item"] for child in children] == ["one", "two"]
    assert [json.loads(child["Output"])["index"] for child in children] == [0, 1]
