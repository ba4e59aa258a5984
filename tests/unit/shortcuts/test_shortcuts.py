"""What LocalStack is spared changes nothing that it says: asked in the engine's own interpreter."""

import json
import subprocess
import textwrap
from typing import Any

from mailroom.deployment.template import Template
from mailroom.project import Project

SERVICES = ("cloudformation", "iam", "lambda", "logs", "s3", "secretsmanager", "sns", "sqs")


def ask(question: str, argument: Any = None) -> tuple[Any, Any]:
    """What the engine prints as JSON: as LocalStack is, and with every shortcut taken."""
    plain, short = (
        subprocess.run(
            [Project.find().interpreter("engine"), "-c", textwrap.dedent(taking + question)],
            input=json.dumps(argument),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for taking in ("", "from mailroom_localstack import shortcuts; shortcuts.take_all()\n")
    )
    return json.loads(plain), json.loads(short)


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


def test_whoever_builds_a_url_gets_it() -> None:
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
