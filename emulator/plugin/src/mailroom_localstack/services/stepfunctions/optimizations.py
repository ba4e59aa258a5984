"""How fast Step Functions reads definitions and paths."""

import functools
import importlib
from typing import Any

from mailroom_localstack.patches import on_load, patch, replacement
from mailroom_localstack.startup.lazy_imports import import_without_package

ASL = "localstack.services.stepfunctions.asl"
ANALYSER = f"{ASL}.static_analyser.usage_metrics_static_analyser:UsageMetricsStaticAnalyser"


@on_load()
def import_no_batch() -> None:
    """Import one enumeration of moto's Batch without its package.

    LocalStack: imports the package, and with it all of moto's EC2.

    Saves: @@motobatch@@

    Test: tests/unit/shortcuts/test_shortcuts.py::test_modules_that_are_postponed_are_not_imported
    """
    import_without_package("moto.batch", "utils")


@replacement(f"{ASL}.utils.json_path:parse")
def parse_paths_once(original: Any) -> Any:
    """Parse each JSONPath once.

    LocalStack: parses a path whenever a state reads it, and builds the parser each time, which
    takes longer than the state does.

    Saves: @@jsonpath@@

    Test: tests/parity/test_workflows.py
    test_parameters_are_made_of_the_input_of_results_and_of_constants
    """
    return functools.cache(original)


@parse_paths_once.also(f"{ASL}.component.common.path.result_path:parse")
def parse_result_path_once(original: Any, path: str) -> Any:
    """Parse each path that a result is written to once."""
    if path not in _result_paths:
        _result_paths[path] = original(path)
    return _result_paths[path]


@patch(f"{ASL}.parse.asl_parser:AmazonStateLanguageParser.parse")
def parse_definitions_once(original: Any, definition: str) -> tuple[Any, Any]:
    """Parse the definition of a state machine once; each execution has a program of its own.

    LocalStack: parses it to validate it and for every execution, for 50 ms of CPU time each.

    Saves: @@definitions@@

    Test: tests/unit/shortcuts/test_shortcuts.py
    test_a_definition_that_is_parsed_again_is_a_program_of_its_own
    """
    parser: Any = importlib.import_module(f"{ASL}.parse.asl_parser")
    unused, tree = _parsed(original, definition)
    try:
        return unused.pop(), tree
    except IndexError:
        return parser.Preprocessor().visit(tree), tree


@functools.lru_cache(maxsize=16)
def _parsed(parse: Any, definition: str) -> tuple[list[Any], Any]:
    program, tree = parse(definition)
    return [program], tree


@replacement(f"{ASL}.antlr.runtime.ASLLexer:LexerATNSimulator")
def look_up_words(original: Any) -> Any:
    """Find the words and plain strings of a definition by a regular expression.

    LocalStack: builds ANTLR's automaton while it reads, letter by letter and in Python.

    Saves: @@lexer@@

    Test: tests/unit/shortcuts/test_shortcuts.py::test_a_definition_s_tokens_are_those_of_antlr
    """
    from mailroom_localstack.services.stepfunctions.lexer import WordSimulator

    return WordSimulator


@patch(f"{ANALYSER}.process")
def count_no_usage(original: Any, definition: str) -> None:
    """Count no use of the States language's features.

    LocalStack: goes through each definition once more to count them for its makers, to whom
    nothing is sent with DISABLE_EVENTS=1.

    Saves: @@usage@@

    Test: tests/unit/shortcuts/test_shortcuts.py
    test_a_definition_that_is_parsed_again_is_a_program_of_its_own
    """


_result_paths: dict[str, Any] = {}
