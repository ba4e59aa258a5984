"""Properties against a schema of CloudFormation's registry."""

from typing import Any

import pytest
from mailroom_rules.resource_properties import faults

SCHEMA: dict[str, Any] = {
    "additionalProperties": False,
    "definitions": {
        "Tag": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"Key": {"type": "string", "maxLength": 3}, "Value": {"type": "string"}},
            "required": ["Key"],
        }
    },
    "properties": {
        "Arn": {"type": "string"},
        "Name": {"type": "string", "pattern": "^[a-z]+$"},
        "Odd": {"type": "string", "pattern": r"\p{Alpha}"},
        "On": {"type": "boolean"},
        "Seconds": {"type": "integer", "minimum": 1, "maximum": 9},
        "Document": {"type": ["object", "string"]},
        "Mode": {"type": "string", "enum": ["A", "B"]},
        "Tags": {"type": "array", "maxItems": 2, "items": {"$ref": "#/definitions/Tag"}},
        "Variables": {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {"^[A-Z]+$": {"type": "string"}},
        },
        "Source": {
            "type": "object",
            "additionalProperties": False,
            "oneOf": [{"properties": {"Zip": {"type": "string"}}, "required": ["Zip"]}],
        },
    },
    "readOnlyProperties": ["/properties/Arn"],
}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Nmae": "a"}, "#: extraneous key [Nmae] is not permitted"),
        ({"Arn": "a"}, "#: encountered read-only property [Arn]"),
        ({"Name": "A"}, "#/Name: failed validation constraint for keyword [pattern]"),
        ({"Name": ["a"]}, "#/Name: expected type: String, found: JSONArray"),
        ({"On": "yes"}, "#/On: expected type: Boolean, found: String"),
        ({"Seconds": 1.5}, "#/Seconds: expected type: Integer, found: Number"),
        ({"Seconds": "0"}, "#/Seconds: 0 is not greater or equal to 1"),
        ({"Seconds": 10}, "#/Seconds: 10 is not less or equal to 9"),
        ({"Mode": "C"}, "#/Mode: C is not a valid enum value"),
        ({"Tags": {}}, "#/Tags: expected type: JSONArray, found: JSONObject"),
        ({"Tags": [{"Key": "long"}]}, "#/Tags/0/Key: expected maxLength: 3, actual: 4"),
        ({"Tags": [{}]}, "#/Tags/0: required key [Key] not found"),
        ({"Tags": [{"Key": "a"}] * 3}, "#/Tags: expected maximum item count: 2, found: 3"),
        ({"Variables": {"a": "b"}}, "#/Variables: extraneous key [a] is not permitted"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(properties: dict[str, Any], expected: str) -> None:
    assert faults(SCHEMA, properties) == [expected]


@pytest.mark.parametrize(
    "properties",
    [
        {"Seconds": "5", "On": "true", "Name": "a"},
        {"On": True, "Seconds": 5.0},
        {"Document": {"a": 1}},
        {"Document": "{}"},
        {"Name": "{{resolve:ssm:/name}}", "Seconds": "{{resolve:ssm:/seconds}}"},
        {"Name": None, "Tags": [None]},
        {"Odd": "1"},
        {"Variables": {"A": 1}},
        {"Source": {"Zip": "a"}},
    ],
)
def test_what_cloudformation_takes_or_knows_later_is_valid(properties: dict[str, Any]) -> None:
    assert faults(SCHEMA, properties) == []
