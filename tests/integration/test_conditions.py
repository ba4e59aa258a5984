"""Resources and outputs whose conditions turn false, and true again, when a stack is updated."""

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from mailroom.deployment.stack import Stack
from mailroom.deployment.template import put_template
from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.flow import until
from tests.support.stacks import another_stack
from tests.support.tried import Resources, Tried

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

ON, OFF = ({"Parameters": [{"ParameterKey": "Word", "ParameterValue": word}]} for word in "ab")
CONDITIONAL = {
    name: resource["Condition"]
    for name, resource in YAML().load(Project.find().template)["Resources"].items()
    if "Condition" in resource and resource["Type"] != "AWS::CloudWatch::Dashboard"
}
# The values of the template's parameters for which a condition is true, and false.
SWITCHES = {
    "ConsumeEvents": ({"Consumption": "events"}, {"Consumption": "workflow"}),
    "LogsExecutions": ({"ExecutionLogLevel": "ERROR"}, {"ExecutionLogLevel": "OFF"}),
    "RowsExpire": ({"RowRetentionDays": "30"}, {"RowRetentionDays": "0"}),
}


def only_on(kind: str, **other: Any) -> Resources:
    return {"Type": kind, "Condition": "On", **other}


# Each refers to another that is there only when it is, and Always to one that may be there.
RESOURCES: Resources = {
    "Always": {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "VisibilityTimeout": {"Fn::If": ["On", 60, 30]},
            "RedrivePolicy": {
                "Fn::If": [
                    "On",
                    {
                        "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                        "maxReceiveCount": 3,
                    },
                    {"Ref": "AWS::NoValue"},
                ]
            },
        },
    },
    "Dead": only_on("AWS::SQS::Queue"),
    "Topic": only_on("AWS::SNS::Topic"),
    "Waiting": {"Type": "AWS::SNS::Topic", "DependsOn": "Topic"},
    "Subscription": only_on(
        "AWS::SNS::Subscription",
        Properties={
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": ["Dead", "Arn"]},
        },
    ),
    "Group": only_on(
        "AWS::Logs::LogGroup", Properties={"LogGroupName": {"Fn::Sub": "/test/${Dead.QueueName}"}}
    ),
    "Otherwise": {"Type": "AWS::SNS::Topic", "Condition": "Off"},
}
SECTIONS: dict[str, Any] = {
    "Conditions": {
        "On": {"Fn::Equals": [{"Ref": "Word"}, "a"]},
        "Off": {"Fn::Not": [{"Condition": "On"}]},
    },
    "Outputs": {
        "Dead": {"Condition": "On", "Value": {"Fn::Sub": "${Dead} ${Dead.Arn}"}},
        "Said": {"Value": {"Fn::If": ["On", {"Fn::GetAtt": ["Dead", "Arn"]}, "nothing"]}},
    },
}
THERE_IF_ON = {"Always", "Waiting", "Dead", "Topic", "Subscription", "Group"}
THERE_IF_OFF = {"Always", "Waiting", "Otherwise"}


@pytest.fixture
def conditional(tried: Tried) -> Tried:
    """A stack that isn't there yet, whose template has conditions."""
    tried.sections = SECTIONS
    return tried


@pytest.fixture
def sqs(environment: Environment) -> "SQSClient":
    return environment.session.client("sqs")


def queues(sqs: "SQSClient", tried: Tried) -> int:
    return len(sqs.list_queues(QueueNamePrefix=tried.name).get("QueueUrls", []))


def outputs(tried: Tried) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in tried.described()["Outputs"]}


@pytest.fixture(scope="module")
def switched(project: Project, environment: Environment) -> dict[str, list[dict[str, str]]]:
    """By condition, what the project's own stack has with it on, off, and on again."""
    found: dict[str, list[dict[str, str]]] = {}
    for condition in set(CONDITIONAL.values()):
        on, off = SWITCHES[condition]
        with another_stack(project, environment, **on) as other:
            cloudformation = environment.session.client("cloudformation")
            upload = partial(
                put_template,
                environment.session.client("s3"),
                environment.outputs["MessagesBucketName"],
            )
            stack = Stack(cloudformation, other.stack, upload=upload)
            deployed = stack.deployed()
            assert deployed
            found[condition] = [_resources(environment, other.stack)]
            for parameters in (off, on):
                stack.deploy(
                    deployed.template, {**deployed.parameters, **parameters}, deployed.tags
                )
                found[condition].append(_resources(environment, other.stack))
    return found


def _resources(environment: Environment, stack: str) -> dict[str, str]:
    tried = Tried(environment.session.client("cloudformation"))
    tried.name = stack
    tried.rests()
    return tried.made()


@pytest.mark.parametrize(("name", "condition"), CONDITIONAL.items())
def test_a_conditional_resource_of_the_template_is_there_when_on_gone_when_off_and_there_again(
    switched: dict[str, list[dict[str, str]]], name: str, condition: str
) -> None:
    on, off, again = switched[condition]

    assert on[name]
    assert name not in off
    assert again[name] not in ("", on[name])


@pytest.mark.parametrize("way", ["change set", "UpdateStack"])
def test_what_a_condition_turns_off_is_deleted_and_what_it_turns_on_is_made(
    conditional: Tried, sqs: "SQSClient", way: str
) -> None:
    def update(to: dict[str, Any]) -> str:
        if way == "UpdateStack":
            return conditional.update(RESOURCES, **to)
        return conditional.execute("UPDATE", RESOURCES, **to)

    conditional.execute("CREATE", RESOURCES, **ON)
    on, first = conditional.made(), outputs(conditional)
    statuses = [update(OFF)]
    off, said, left = conditional.made(), outputs(conditional), queues(sqs, conditional)
    statuses.append(update(ON))
    again, second = conditional.made(), outputs(conditional)
    statuses.append(update(OFF))

    assert statuses == ["UPDATE_COMPLETE"] * 3
    assert [set(made) for made in (on, off, again)] == [THERE_IF_ON, THERE_IF_OFF, THERE_IF_ON]
    assert off["Always"] == on["Always"] == again["Always"]
    assert (said, left) == ({"Said": "nothing"}, 1)
    assert first == {"Dead": f"{on['Dead']} {first['Said']}", "Said": first["Said"]}
    assert second == {"Dead": f"{again['Dead']} {second['Said']}", "Said": second["Said"]}
    assert first["Said"] != second["Said"]
    assert conditional.made().keys() == THERE_IF_OFF


def test_an_unsupported_type_is_refused_only_where_its_condition_is_true(
    conditional: Tried,
) -> None:
    dashboard = only_on("AWS::CloudWatch::Dashboard", Properties={"DashboardBody": "{}"})
    resources = {**RESOURCES, "Dashboard": dashboard}

    off = conditional.execute("CREATE", resources, **OFF)
    on = conditional.execute("UPDATE", resources, **ON)

    assert (off, on) == ("CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    assert conditional.made().keys() == THERE_IF_OFF


def test_a_change_set_names_what_a_condition_adds_and_removes(conditional: Tried) -> None:
    conditional.execute("CREATE", RESOURCES, **ON)

    planned = conditional.plan("UPDATE", RESOURCES, **OFF)

    actions = {
        change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]["Action"]
        for change in planned["Changes"]
    }
    assert actions == {
        "Always": "Modify",
        **dict.fromkeys(THERE_IF_ON - THERE_IF_OFF, "Remove"),
        **dict.fromkeys(THERE_IF_OFF - THERE_IF_ON, "Add"),
    }


def test_what_depends_on_another_is_deleted_before_it_and_after_the_update(
    conditional: Tried,
) -> None:
    conditional.execute("CREATE", RESOURCES, **ON)

    conditional.execute("UPDATE", RESOURCES, **OFF)

    events = conditional.events()
    deleted = [name for name, status in events if status == "DELETE_COMPLETE"]
    assert deleted.index("Subscription") < deleted.index("Topic")
    assert deleted.index("Group") < deleted.index("Dead")
    cleanup = events.index(("Stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))
    assert cleanup < events.index((deleted[0], "DELETE_IN_PROGRESS"))


@pytest.mark.parametrize(("first", "then"), [(ON, OFF), (OFF, ON)])
def test_an_update_that_fails_leaves_what_conditions_made_and_makes_nothing_else(
    conditional: Tried, sqs: "SQSClient", first: dict[str, Any], then: dict[str, Any]
) -> None:
    conditional.execute("CREATE", RESOURCES, **first)
    made, said, there = conditional.made(), outputs(conditional), queues(sqs, conditional)
    broken = {
        "Type": "AWS::SNS::Subscription",
        "DependsOn": list(RESOURCES),
        "Properties": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:none", "Protocol": "sqs"},
    }

    status = conditional.execute("UPDATE", {**RESOURCES, "Broken": broken}, **then)

    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert conditional.made() == made
    assert (outputs(conditional), queues(sqs, conditional)) == (said, there)
    assert conditional.execute("UPDATE", RESOURCES, **then) == "UPDATE_COMPLETE"
    assert conditional.made().keys() == (THERE_IF_ON if then is ON else THERE_IF_OFF)


def test_what_is_retained_stays_when_its_condition_turns_false(
    conditional: Tried, sqs: "SQSClient"
) -> None:
    resources = {**RESOURCES, "Dead": only_on("AWS::SQS::Queue", DeletionPolicy="Retain")}
    conditional.execute("CREATE", resources, **ON)
    url = conditional.made()["Dead"]

    status = conditional.execute("UPDATE", resources, **OFF)

    assert status == "UPDATE_COMPLETE"
    assert ("Dead", "DELETE_SKIPPED") in conditional.events()
    assert url in sqs.list_queues(QueueNamePrefix=conditional.name)["QueueUrls"]
    sqs.delete_queue(QueueUrl=url)


@pytest.mark.parametrize("way", ["create", "execute"])
def test_a_stack_is_deleted_with_what_an_update_has_added(
    tried: Tried, sqs: "SQSClient", way: str
) -> None:
    queue = {"Type": "AWS::SQS::Queue"}
    if way == "create":
        tried.create({"Queue": queue})
    else:
        tried.execute("CREATE", {"Queue": queue})
    tried.update({"Queue": queue, "Added": queue})
    assert queues(sqs, tried) == 2

    tried.client.delete_stack(StackName=tried.name)

    until(lambda: queues(sqs, tried) == 0, "the end of both queues")
