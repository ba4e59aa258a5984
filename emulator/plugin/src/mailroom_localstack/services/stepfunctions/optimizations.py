"""Step Functions: paths and definitions parsed once, and by a lexer that knows its words."""

import functools
from typing import Any

import jsonpath_ng
import jsonpath_ng.ext


def remember_paths() -> None:
    """Parse each JSONPath once. Step Functions parses a path whenever it is read, and for each
    time the parser itself is built anew, which takes longer than the state does."""
    jsonpath_ng.parse = functools.cache(jsonpath_ng.parse)
    jsonpath_ng.ext.parse = functools.cache(jsonpath_ng.ext.parse)


def remember_definitions() -> None:
    """Parse each state machine's definition once. It is parsed to be validated, and for every
    execution; the parser takes some 50 ms of CPU each time."""
    from localstack.services.stepfunctions.asl.parse import asl_parser

    parse = asl_parser.AmazonStateLanguageParser.parse

    @functools.lru_cache(maxsize=16)
    def parsed(definition: str) -> tuple[list[Any], Any]:
        program, tree = parse(definition)
        return [program], tree

    def parse_once(definition: str) -> tuple[Any, Any]:
        unused, tree = parsed(definition)
        try:
            return unused.pop(), tree
        except IndexError:
            return asl_parser.Preprocessor().visit(tree), tree

    asl_parser.AmazonStateLanguageParser.parse = staticmethod(parse_once)


def look_words_up() -> None:
    """Most of a definition is words of the States language, which need no automaton."""
    from localstack.services.stepfunctions.asl.antlr.runtime import ASLLexer

    from mailroom_localstack.services.stepfunctions.lexer import QuickSimulator

    ASLLexer.LexerATNSimulator = QuickSimulator


def count_nothing() -> None:
    """Definitions are gone through once more for LocalStack's makers, who are told nothing."""
    from localstack.services.stepfunctions.asl.static_analyser import usage_metrics_static_analyser

    usage_metrics_static_analyser.UsageMetricsStaticAnalyser.process = staticmethod(
        lambda definition: None
    )
