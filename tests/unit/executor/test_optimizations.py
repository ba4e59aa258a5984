"""LocalStack answers the same with and without the plugin's optimizations."""

import json
import subprocess
import textwrap
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mailroom.deployment.template import Template
from mailroom.project import Project

SERVICES = ("cloudformation", "iam", "lambda", "logs", "s3", "secretsmanager", "sns", "sqs")


def ask(question: str, argument: Any = None) -> tuple[Any, Any]:
    """What the engine prints as JSON: without the plugin, and with all its changes."""
    changes = "from mailroom_localstack import patches\n"
    changes += "for one in (patches.START, *patches.services()): patches.apply(one)\n"

    def answer(taking: str) -> Any:
        asked = subprocess.run(
            [Project.find().interpreter("engine"), "-c", textwrap.dedent(taking + question)],
            input=json.dumps(argument),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(asked.stdout)

    with ThreadPoolExecutor() as pool:
        plain, short = pool.map(answer, ("", changes))
    return plain, short


def test_a_template_is_read_as_localstack_reads_it() -> None:
    template = Template(Project.find().template).render()

    plain, short = ask(
        """
import json, sys
from localstack.services.cloudformation.engine import yaml_parser
print(json.dumps(yaml_parser.parse_yaml(json.load(sys.stdin))))
""",
        template,
    )

    assert "MessageWorkflow" in plain["Resources"]
    assert short == plain


def test_a_service_s_model_is_the_same_when_others_have_read_it_before() -> None:
    plain, short = ask(
        """
import boto3, json, sys
from localstack.aws.spec import load_service
models = {}
for service in json.load(sys.stdin):
    boto3.Session(region_name="us-east-1").client(service)
    models[service] = load_service(service)._service_description
print(json.dumps(models, sort_keys=True))
""",
        SERVICES,
    )

    assert all(plain[service]["operations"] for service in SERVICES)
    assert short == plain


def test_a_rule_builds_its_url_when_it_is_called() -> None:
    plain, short = ask(
        """
import json
from werkzeug.routing import Map, Rule
urls = Map([Rule("/<bucket>/<path:key>", endpoint="object")]).bind("here")
values = {"bucket": "a b", "key": "c/d", "versionId": "1"}
print(json.dumps([urls.build("object", values), urls.match("/x/y/z")[1]]))
"""
    )

    assert plain == ["/a%20b/c/d?versionId=1", {"bucket": "x", "key": "y/z"}]
    assert short == plain


def test_a_definition_that_is_parsed_again_is_a_program_of_its_own() -> None:
    definition = (Project.find().root / "infra" / "asl.json").read_text()

    plain, short = ask(
        """
import json, sys
from localstack.services.stepfunctions.asl.parse.asl_parser import AmazonStateLanguageParser
definition = json.load(sys.stdin)
(first, _), (second, _) = (AmazonStateLanguageParser.parse(definition) for _ in range(2))
print(json.dumps([first is second, *(sorted(one.states.states) for one in (first, second))]))
""",
        definition,
    )

    assert plain[0] is False
    assert "PublishMessages" in plain[1]
    assert short == plain


def test_a_definition_s_tokens_are_those_of_antlr() -> None:
    strings = [
        "\"States.Format('{}')\"",
        *('"Next"', '"Next.$"', '"States.ALL"', '"States.ALL.$"', '"É$"'),
        *('"$"', '"$.$"', '"$$.a"', '"$$"', '"$.a[0]"', '"$a"', '"$a.$"', '"a.$"', '".$"', '""'),
        *('"{% 1 %}"', '"{%"', '"a\\"b"', '"a\\u0041.$"', '"a\tb"', '"open', "-1.5e3", "truer"),
        *(" \n\t", "\r\n", "{", "[]", "null"),
    ]
    pairs = [first + second for first in strings for second in strings]
    definition = (Project.find().root / "infra" / "asl.json").read_text()

    plain, short = ask(
        """
import json, sys
from antlr4 import InputStream
from localstack.services.stepfunctions.asl.antlr.runtime.ASLLexer import ASLLexer
def tokens(text):
    lexer = ASLLexer(InputStream(text))
    lexer.removeErrorListeners()
    return [(t.type, t.start, t.stop, t.line, t.column, t.text) for t in lexer.getAllTokens()]
print(json.dumps([tokens(text) for text in json.load(sys.stdin)]))
""",
        [definition, *pairs],
    )

    assert len(plain[0]) > 500
    assert short == plain


def test_an_aws_managed_policy_is_there_when_it_is_used() -> None:
    plain, short = ask(
        """
import json
from localstack.aws.patches import patch_moto_iam_config
from localstack.services.iam.iam_patches import apply_iam_patches
from moto.iam.models import iam_backends
patch_moto_iam_config()
apply_iam_patches()
backend = iam_backends["000000000000"]["global"]
statement = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
own = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
backend.create_policy("", "/", own, "Own", [])
print(json.dumps({arn: policy.document for arn, policy in backend.managed_policies.items()}))
"""
    )

    assert len(plain) > 1400
    assert any(arn.endswith(":policy/Own") for arn in plain)
    assert short == plain


def test_no_aws_managed_policy_is_loaded_with_another_service() -> None:
    with_one_service, with_all = ask(
        """
import json
from localstack.aws.patches import patch_moto_iam_config
from mailroom_localstack.hooks import change_services
patch_moto_iam_config()
change_services()
from moto.iam.models import iam_backends
backend = iam_backends["000000000000"]["aws"]
before = bool(backend.aws_managed_policies)
print(json.dumps([before, len(backend.managed_policies) > 1400]))
"""
    )

    assert with_one_service == with_all == [False, True]


def test_postponed_modules_are_not_imported() -> None:
    plain, short = ask(
        """
import json, sys
import localstack.aws.handlers
import localstack.services.cloudformation.v2.provider
import localstack.services.lambda_.provider
import localstack.services.stepfunctions.provider
heavy = (
    "openapi_core",
    "localstack.services.apigateway.models",
    "samtranslator.internal.schema_source.aws_serverless_function",
    "samtranslator.translator.translator",
    "moto.ec2.models",
)
kinds = [type(sys.modules.get(name)).__name__ for name in heavy]
imported = [kind == "module" for kind in kinds]
types = sys.modules["localstack.aws.api.ec2"]
print(json.dumps([*imported, hasattr(types, "InstanceType")]))
"""
    )

    # Using a name that the stand-in doesn't have imports the module.
    assert plain == [True, True, True, True, True, True]
    assert short == [False, False, False, False, False, True]
