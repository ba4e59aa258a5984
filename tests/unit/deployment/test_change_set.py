"""What a change set would do, in words."""

from typing import Any

import pytest

from mailroom.deployment.change_set import Kind, as_changes


def _described(action: str, resource_type: str, replacement: str = "", **more: Any) -> Any:
    change = {"Action": action, "LogicalResourceId": "It", "ResourceType": resource_type, **more}
    return {"ResourceChange": {**change, **({"Replacement": replacement} if replacement else {})}}


@pytest.mark.parametrize(
    ("action", "replacement", "kind"),
    [
        ("Add", "", Kind.added),
        ("Modify", "False", Kind.changed),
        ("Modify", "", Kind.changed),
        ("Modify", "Conditional", Kind.perhaps_replaced),
        ("Modify", "True", Kind.replaced),
        ("Remove", "", Kind.removed),
    ],
)
def test_each_action_has_a_word(action: str, replacement: str, kind: Kind) -> None:
    (change,) = as_changes([_described(action, "AWS::SQS::Queue", replacement)])

    assert change.kind == kind


@pytest.mark.parametrize(
    ("action", "replacement", "resource_type", "lost"),
    [
        ("Modify", "True", "AWS::SQS::Queue", True),
        ("Modify", "Conditional", "AWS::S3::Bucket", True),
        ("Remove", "", "AWS::RDS::DBCluster", True),
        ("Modify", "True", "AWS::RDS::DBClusterParameterGroup", False),
        ("Modify", "False", "AWS::SQS::Queue", False),
        ("Modify", "True", "AWS::SQS::QueuePolicy", False),
        ("Modify", "True", "AWS::Lambda::Function", False),
        ("Add", "", "AWS::SQS::Queue", False),
    ],
)
def test_only_what_holds_data_is_shouted_about(
    action: str, replacement: str, resource_type: str, lost: bool
) -> None:
    (change,) = as_changes([_described(action, resource_type, replacement)])

    assert change.loses_data is lost


def test_the_properties_that_change_are_named_once() -> None:
    details = [{"Target": {"Name": "Timeout"}}, {"Target": {"Name": "Code"}}, {"Target": {}}]
    described = _described("Modify", "AWS::Lambda::Function", Details=[*details, details[0]])

    (change,) = as_changes([described])

    assert change.properties == ("Code", "Timeout")
