"""CloudFormation: templates parsed by libyaml, resources looked at often, functions first."""

from typing import Any

import yaml

# Seconds between two looks at a resource that CloudFormation is creating. LocalStack's is 1.
INTERVAL = 0.02


def parse_templates_in_c() -> None:
    """PyYAML has two parsers: libyaml's takes a tenth of the time of the one in Python."""
    from localstack.services.cloudformation.engine import yaml_parser

    python = yaml_parser.customloader

    class Loader(yaml.CSafeLoader):
        yaml_constructors = python.yaml_constructors
        yaml_multi_constructors = python.yaml_multi_constructors

    yaml_parser.customloader = Loader


def look_often_at_resources() -> None:
    """Every function has several states to look at, with a second's pause between."""
    from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor

    loop = ResourceProviderExecutor.deploy_loop
    timeout, _ = loop.__defaults__
    loop.__defaults__ = (timeout, INTERVAL)


def make_functions_first() -> None:
    """Go through a stack's functions, and what they need, before the rest: AWS makes all at once,
    LocalStack one by one, and what a function has to do first it can do meanwhile."""
    from localstack.services.cloudformation.engine.v2.change_set_model import ChangeSetModel

    visit = ChangeSetModel._visit_resources

    def visit_functions_first(*arguments: Any, **named: Any) -> Any:
        node = visit(*arguments, **named)
        node.resources.sort(key=lambda one: one.type_.value != "AWS::Lambda::Function")
        return node

    ChangeSetModel._visit_resources = visit_functions_first
