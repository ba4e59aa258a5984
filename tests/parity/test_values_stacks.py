"""CloudFormation: values that a service refuses."""

import pytest

from tests.parity.made import new_name
from tests.parity.made.stacks import Stacks


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html"
)
def test_a_stack_fails_whose_queue_has_an_attribute_out_of_its_range(stacks: Stacks) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 43_201}}
    name = new_name()

    description = stacks.create(name, {"Resources": {"Queue": queue}})

    assert description["StackStatus"] == "ROLLBACK_COMPLETE"
