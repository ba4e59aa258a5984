"""Systems Manager: values of parameters that it refuses."""

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name

PAGE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"


def put(endpoint: Endpoint, value: str, name: str = "", **options: str) -> str:
    """The code of the error with which a parameter is refused."""
    client = endpoint.client("ssm")
    return code_of(
        lambda: client.put_parameter(Name=name or new_name(), Value=value, Type="String", **options)
    )


@pytest.mark.behaviour(PAGE)
def test_a_standard_parameter_of_more_than_4_kb_is_refused(endpoint: Endpoint) -> None:
    assert put(endpoint, "x" * 4_097) == "ValidationException"


@pytest.mark.behaviour(PAGE)
def test_an_advanced_parameter_of_more_than_8_kb_is_refused(endpoint: Endpoint) -> None:
    assert put(endpoint, "x" * 8_193, Tier="Advanced") == "ValidationException"


@pytest.mark.behaviour(PAGE)
def test_a_value_that_does_not_match_the_pattern_of_its_parameter_is_refused(
    endpoint: Endpoint,
) -> None:
    refusal = put(endpoint, "abc", AllowedPattern=r"^\d+$")

    assert refusal == "ParameterPatternMismatchException"


@pytest.mark.behaviour(PAGE)
def test_a_parameter_of_more_than_15_levels_is_refused(endpoint: Endpoint) -> None:
    refusal = put(endpoint, "x", name="/a" * 16)

    assert refusal == "HierarchyLevelLimitExceededException"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html"
)
def test_a_path_without_a_slash_at_its_beginning_is_refused(endpoint: Endpoint) -> None:
    refusal = code_of(lambda: endpoint.client("ssm").get_parameters_by_path(Path="a"))

    assert refusal == "ValidationException"
