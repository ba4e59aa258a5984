"""Requests: rules that match, and build nothing."""

import functools
from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


def build_no_urls() -> None:
    """Compile the function that builds a rule's URLs when somebody builds one: LocalStack matches
    requests to rules only, thousands of them."""
    compile_builder = Rule._compile_builder

    def compile_when_called(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        builder = functools.cache(lambda: compile_builder(rule, append_unknown))
        return lambda self, **values: builder()(self, **values)

    Rule._compile_builder = compile_when_called
