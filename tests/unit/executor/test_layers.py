"""A function finds what its layers bring, the last layer first."""

from pathlib import Path

from mailroom_localstack.executor.function_settings import function_variables
from mailroom_localstack.executor.layers import Layers

from tests.unit.executor.conftest import MakeFunction

SOURCE = """
import shared
def handler(event, context):
    return shared.FROM
"""


def layer(folder: Path, name: str, below: str = "python") -> Path:
    package = folder / name / below
    package.mkdir(parents=True)
    (package / "shared.py").write_text(f"FROM = {name!r}")
    return folder / name


def test_a_python_function_imports_from_a_layer(
    make_function: MakeFunction, tmp_path: Path
) -> None:
    for below in ("python", "python/lib/python3.13/site-packages"):
        layers = Layers([layer(tmp_path, below.replace("/", "-"), below)])
        variables = function_variables({}, {}, "python3.13", tmp_path, layers)

        function = make_function(SOURCE, layers=layers, variables=variables)

        assert function.invoke().value == below.replace("/", "-")


def test_a_later_layer_precedes_an_earlier_one(make_function: MakeFunction, tmp_path: Path) -> None:
    layers = Layers([layer(tmp_path, "first"), layer(tmp_path, "second")])

    assert make_function(SOURCE, layers=layers).invoke().value == "second"


def test_the_functions_own_code_precedes_its_layers(
    make_function: MakeFunction, task_root: Path, tmp_path: Path
) -> None:
    (task_root / "shared.py").write_text("FROM = 'function'")

    function = make_function(SOURCE, layers=Layers([layer(tmp_path, "layer")]))

    assert function.invoke().value == "function"


def test_an_edited_live_layer_is_seen_by_the_next_invocation(
    make_function: MakeFunction, tmp_path: Path
) -> None:
    folder = layer(tmp_path, "before")
    function = make_function(SOURCE, layers=Layers([folder], live=[folder]), live=True)
    first = function.invoke().value
    (folder / "python" / "shared.py").write_text("FROM = 'after an edit'")

    assert (first, function.invoke().value) == ("before", "after an edit")


def test_programs_and_libraries_of_layers_are_on_their_paths(tmp_path: Path) -> None:
    layers = Layers([tmp_path / "one", tmp_path / "two"])

    variables = function_variables({}, {}, "python3.13", tmp_path, layers)

    assert variables["PATH"].endswith(f":{tmp_path}/two/bin:{tmp_path}/one/bin")
    assert variables["LD_LIBRARY_PATH"].endswith(f":{tmp_path}/two/lib:{tmp_path}/one/lib")
