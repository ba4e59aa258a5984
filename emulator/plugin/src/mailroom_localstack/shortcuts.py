"""Spares LocalStack work that it does over and over, too early, or for nobody."""

import functools
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.loaders
import jsonpath_ng
import jsonpath_ng.ext
import yaml
from werkzeug.routing import Rule

# Seconds between two looks at a resource that CloudFormation is creating. LocalStack's is 1.
INTERVAL = 0.05


def take_all() -> None:
    """Take every one of them, before the first service is loaded."""
    read_service_models_once()
    share_session_for_regions()
    build_no_urls()
    parse_templates_in_c()
    look_often_at_resources()
    make_functions_first()
    judge_alarms_after_their_period()
    remember_paths()
    remember_definitions()


def read_service_models_once() -> None:
    """Megabytes of JSON are read, by every loader anew; and botocore asks for ordered dicts, which
    plain ones are too. What botocore and LocalStack change in a model, they change to the same."""
    botocore.loaders.OrderedDict = None
    loader = botocore.loaders.JSONFileLoader
    load = functools.cache(functools.partial(loader.load_file, loader()))
    loader.load_file = lambda self, path: load(path)


def share_session_for_regions() -> None:
    """Look regions up in the session of LocalStack's own clients: it makes one for each service,
    and each of them reads all of botocore's endpoints, and the service's model, anew."""
    from localstack.aws.connect import connect_to
    from localstack.utils.aws import aws_stack

    aws_stack.boto3 = SimpleNamespace(Session=lambda: connect_to._session, session=boto3.session)


def build_no_urls() -> None:
    """Compile the function that builds a rule's URLs when somebody builds one: LocalStack matches
    requests to rules only, thousands of them."""
    compile_builder = Rule._compile_builder

    def compile_when_called(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
        builder = functools.cache(lambda: compile_builder(rule, append_unknown))
        return lambda self, **values: builder()(self, **values)

    Rule._compile_builder = compile_when_called


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


def judge_alarms_after_their_period() -> None:
    """An alarm has nothing to judge when it has just been made; LocalStack looks at once."""
    from localstack.services.cloudwatch import alarm_scheduler

    class PatientScheduler(alarm_scheduler.Scheduler):
        def schedule(self, func: Callable[..., Any], period: float, **options: Any) -> Any:
            return super().schedule(func, period, start=time.time() + period, **options)

    alarm_scheduler.Scheduler = PatientScheduler


def remember_paths() -> None:
    """Parse each JSONPath once. Step Functions parses a path whenever it is read, and for each
    time the parser itself is built anew, which takes longer than the state does."""
    jsonpath_ng.parse = functools.cache(jsonpath_ng.parse)
    jsonpath_ng.ext.parse = functools.cache(jsonpath_ng.ext.parse)


def remember_definitions() -> None:
    """Parse each state machine's definition once. It is parsed to be validated, to be counted by
    LocalStack's makers, and for every execution; the parser takes some 50 ms of CPU each time."""
    from localstack.services.stepfunctions.asl.parse import asl_parser

    parse = asl_parser.AmazonStateLanguageParser.parse

    @functools.lru_cache(maxsize=16)
    def tree(definition: str) -> Any:
        return parse(definition)[1]

    def parse_once(definition: str) -> tuple[Any, Any]:
        return asl_parser.Preprocessor().visit(tree(definition)), tree(definition)

    asl_parser.AmazonStateLanguageParser.parse = staticmethod(parse_once)
