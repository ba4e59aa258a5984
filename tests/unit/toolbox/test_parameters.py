import pytest

from mailroom.deployment.parameters import parameter_faults

DECLARED = {
    "Stage": {"Type": "String", "AllowedPattern": "[a-z]+"},
    "Consumption": {"Type": "String", "AllowedValues": ["workflow", "events"]},
    "Days": {"Type": "Number", "AllowedValues": [1, 30]},
    "Consumers": {"Type": "Number", "MinValue": 2, "MaxValue": 100},
    "SubnetIds": {"Type": "CommaDelimitedList", "AllowedPattern": "subnet-[0-9]+"},
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Stage", "local"),
        ("Consumption", "events"),
        ("Days", "30"),
        ("Consumers", "2"),
        ("Consumers", "100"),
        ("SubnetIds", "subnet-1,subnet-2"),
    ],
)
def test_what_is_allowed_has_no_fault(name: str, value: str) -> None:
    assert parameter_faults(DECLARED, {name: value}) == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("Unknown", "1", "Unknown: there is no such parameter"),
        ("Stage", "local1", "Stage: 'local1' does not match [a-z]+"),
        ("Consumption", "", "Consumption: '' is none of workflow, events"),
        ("Days", "2", "Days: '2' is none of 1, 30"),
        ("Consumers", "many", "Consumers: 'many' is not a number"),
        ("Consumers", "1", "Consumers: '1' is less than 2"),
        ("Consumers", "101", "Consumers: '101' is more than 100"),
        ("SubnetIds", "subnet-1,x", "SubnetIds: 'subnet-1,x' does not match subnet-[0-9]+"),
    ],
)
def test_a_parameter_that_cloudformation_would_reject_is_a_fault(
    name: str, value: str, fault: str
) -> None:
    assert parameter_faults(DECLARED, {name: value}) == [fault]
