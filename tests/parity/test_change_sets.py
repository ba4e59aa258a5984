"""CloudFormation: change sets, and updates without changes."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.parity.endpoint import code_of
from tests.parity.made import new_name
from tests.parity.made.stacks import Stacks, with_queue

API = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@pytest.fixture(scope="module")
def stack(shared_stacks: Stacks) -> str:
    """A stack with one queue, for every behaviour that leaves it as it is."""
    return shared_stacks.make(with_queue())


@pytest.mark.behaviour(f"{GUIDE}/using-cfn-updating-stacks-changesets.html")
def test_a_change_set_without_changes_fails_and_says_so(shared_stacks: Stacks, stack: str) -> None:
    planned = shared_stacks.plan(stack, with_queue())

    assert planned["Status"] == "FAILED"
    assert "didn't contain changes" in planned["StatusReason"]


@pytest.mark.behaviour(f"{API}/API_DescribeChangeSet.html")
def test_a_change_set_names_what_would_be_changed_and_added(
    shared_stacks: Stacks, stack: str
) -> None:
    planned = shared_stacks.plan(stack, with_queue(60, Topic={"Type": "AWS::SNS::Topic"}))

    changes = {
        change["LogicalResourceId"]: (change["Action"], change.get("Replacement", ""))
        for change in (one["ResourceChange"] for one in planned["Changes"])
    }
    assert changes == {"Queue": ("Modify", "False"), "Topic": ("Add", "")}


@pytest.mark.behaviour(f"{API}/API_ExecuteChangeSet.html")
def test_a_change_set_is_executed_once(stacks: Stacks) -> None:
    name = stacks.make(with_queue())
    planned = stacks.plan(name, with_queue(60))
    execute = stacks.cloudformation.execute_change_set
    execute(ChangeSetName=planned["ChangeSetId"])
    stacks.settled(name)

    code = code_of(lambda: execute(ChangeSetName=planned["ChangeSetId"]))

    assert code in ("InvalidChangeSetStatus", "ChangeSetNotFound")


@pytest.mark.behaviour(f"{API}/API_UpdateStack.html")
def test_an_update_without_changes_is_refused(shared_stacks: Stacks, stack: str) -> None:
    template = json.dumps(with_queue())

    with pytest.raises(ClientError) as refused:
        shared_stacks.cloudformation.update_stack(StackName=stack, TemplateBody=template)

    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == "No updates are to be performed."


@pytest.mark.behaviour(f"{GUIDE}/cloudformation-limits.html")
def test_a_template_of_more_than_51200_bytes_is_refused(stacks: Stacks) -> None:
    template = {**with_queue(), "Metadata": {"padding": "x" * 51_200}}

    code = code_of(lambda: stacks.plan(new_name(), template, "CREATE"))

    assert code == "ValidationError"
