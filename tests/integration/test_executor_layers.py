"""A function runs with the layers that were published for it."""

import uuid
from collections.abc import Iterator

import pytest

from tests.support.functions import Functions, archive

SOURCE = """
import shared
def handler(event, context):
    return shared.FROM
"""


@pytest.fixture
def layer(functions: Functions) -> Iterator[str]:
    """ARN of a layer with a module."""
    name = f"test-{uuid.uuid4()}"
    packed = archive("", {"python/shared": "FROM = 'layer'"})
    published = functions.client.publish_layer_version(LayerName=name, Content={"ZipFile": packed})
    yield published["LayerVersionArn"]
    functions.client.delete_layer_version(LayerName=name, VersionNumber=published["Version"])


def test_a_function_imports_what_its_layer_brings(functions: Functions, layer: str) -> None:
    function = functions.declare(SOURCE, Layers=[layer])

    assert function.settled()["State"] == "Active"
    assert function.invoke().value == "layer"
