"""The definitions follow from the message types, and nothing else in them changes."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailroom.checking.template.source import Source
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.types.definitions import outdated
from mailroom.types.described import Column, MessageType, read_types
from mailroom.types.state_machine import branch_types, generate_state_machine
from mailroom.types.template import generate_template

CHECKOUT = Project.find()
TEMPLATE = CHECKOUT.template.read_text()
MACHINE = CHECKOUT.template.with_name("asl.json").read_text()
_NUMBERS = {
    "max_receive_count": 15,
    "visibility_timeout": 360,
    "retention": 604_800,
    "batch_size": 10,
    "window": 0,
    "consumers": None,
}


def message_type(name: str, table: str = "", **numbers: int | None) -> MessageType:
    settings: dict[str, Any] = {**_NUMBERS, **numbers, "grants": {}}
    columns = (Column("a", "a", "text", False, ()),)
    return MessageType(name, name, table or f"{name}s", columns, settings, {}, False, (), ())


def test_the_projects_definitions_are_what_its_types_say() -> None:
    assert list(outdated(CHECKOUT, read_types(CHECKOUT))) == []


def test_a_removed_type_leaves_the_definitions_as_they_were() -> None:
    two = [message_type("notification"), message_type("alert")]

    with_third = generate_template(TEMPLATE, [*two, message_type("invoice")])

    assert with_third != TEMPLATE
    assert generate_template(with_third, two) == TEMPLATE
    third = generate_state_machine(MACHINE, [*two, message_type("invoice")])
    assert branch_types(third) == ["notification", "alert", "invoice"]
    assert generate_state_machine(third, two) == MACHINE


def test_a_type_has_its_resources_with_its_numbers() -> None:
    invoice = message_type(
        "purchase_order",
        "orders",
        max_receive_count=3,
        visibility_timeout=400,
        retention=60,
        batch_size=20,
        window=5,
        consumers=50,
    )

    document = Source.parse(generate_template(TEMPLATE, [invoice]), "template.yml").plain
    resources = document["Resources"]

    queue = resources["PurchaseOrderQueue"]["Properties"]
    assert queue["VisibilityTimeout"] == 400
    assert queue["MessageRetentionPeriod"] == 60
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    assert resources["PurchaseOrderExpiryAlarm"]["Properties"]["Threshold"] == 30
    mapping = resources["PurchaseOrderEventSourceMapping"]["Properties"]
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (20, 5)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 50}
    assert document["Parameters"]["EventConcurrency"]["Default"] == 50
    filter_ = resources["UnroutedSubscription"]["Properties"]["FilterPolicy"]
    assert filter_ == {"type": [{"anything-but": ["purchase_order"]}, {"exists": False}]}
    assert "PurchaseOrderQueueUrl" in document["Outputs"]
    assert not any("Notification" in name for name in resources)
    machine = json.loads(generate_state_machine(MACHINE, [invoice]))
    [branch] = machine["States"]["ProcessMessages"]["Branches"]
    assert branch["StartAt"] == "ProcessOrders"
    payload = branch["States"]["ProcessOrders"]["Parameters"]["Payload"]
    assert (payload["type"], payload["consumers"]) == ("purchase_order", 50)
    assert machine["States"]["BatchSettled"]["Parameters"]["purchase_order.$"] == "$.processed[0]"


def test_a_type_without_a_number_of_consumers_has_the_stacks() -> None:
    two = [message_type("invoice"), message_type("order", consumers=3)]

    parts = Source.parse(generate_template(TEMPLATE, two), "template.yml").plain["Resources"]
    machine = json.loads(generate_state_machine(MACHINE, two))

    scaling = parts["InvoiceEventSourceMapping"]["Properties"]["ScalingConfig"]
    assert scaling == {"MaximumConcurrency": {"Ref": "ConsumersPerQueue"}}
    first = machine["States"]["ProcessMessages"]["Branches"][0]["States"]["ProcessInvoices"]
    assert "consumers" not in first["Parameters"]["Payload"]


@pytest.mark.parametrize(
    "names", [("unrouted",), ("subscription",), ("x", "x_dead_letter")], ids=lambda one: one[-1]
)
def test_a_resources_name_is_taken_once(names: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="the template has the resource"):
        generate_template(TEMPLATE, [message_type(name) for name in names])


def test_a_missing_part_is_named() -> None:
    with pytest.raises(Refused, match="age-alarms"):
        generate_template(TEMPLATE.replace("# types: begin age-alarms", "#"), [])


def test_a_state_machine_without_its_states_is_refused() -> None:
    with pytest.raises(Refused, match=r"asl\.json"):
        generate_state_machine("{}", [message_type("a")])


def test_no_types_name_is_in_code_outside_of_its_folder() -> None:
    folders = [CHECKOUT.functions, CHECKOUT.root / "src"]
    code = [path for folder in folders for path in folder.rglob("*.py")]
    names = [one.name for one in read_types(CHECKOUT)]

    assert names
    found = [
        f"{path.relative_to(CHECKOUT.root)}: {name}"
        for path in code
        if not path.is_relative_to(CHECKOUT.functions / "message_types")
        for name in names
        if _mentions(path, name)
    ]
    assert found == []


def _mentions(path: Path, name: str) -> bool:
    words = (name, f"{name}s", name.title(), f"{name.title()}Queue")
    text = path.read_text()
    return any(f'"{word}' in text or f" {word} " in text for word in words)
