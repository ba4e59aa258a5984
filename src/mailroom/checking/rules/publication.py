"""What is published to others, and the workflow that promotes."""

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.deployment.application_metadata import APPLICATION, AUTHOR

# https://docs.aws.amazon.com/serverlessrepo/latest/devguide/applications.html
_REQUIRED = ("Name", "Description", "Author")
_PATTERNS = {
    "Name": r"[a-zA-Z0-9-]{1,140}",
    "Description": r"(?s:.{1,256})",
    "Author": AUTHOR,
    "SemanticVersion": r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?",
}


@rule(
    whole,
    id="application-metadata",
    severity=Severity.error,
    title="metadata that the Serverless Application Repository refuses",
    why="CreateApplication fails with BadRequestException",
    page="serverlessrepo/latest/devguide/applications.html",
    fix="give Name, Description and Author (lower-case letters, digits and single hyphens)",
)
def application_metadata(definitions: Definitions) -> Iterator[Problem]:
    said: dict[str, Any] = (definitions.template.plain.get("Metadata") or {}).get(APPLICATION, {})
    for name, pattern in _PATTERNS.items() if said else ():
        place = ("Metadata", APPLICATION)
        if name not in said:
            if name in _REQUIRED:
                yield Problem(definitions.template.at(place), f"{name} is missing")
        elif not re.fullmatch(pattern, str(said[name])):
            at = definitions.template.at((*place, name))
            yield Problem(at, f"{name}: {said[name]!r} does not match {pattern}")


@rule(
    whole,
    id="workflow-concurrency",
    severity=Severity.warning,
    title="a concurrency group of GitHub Actions that several environments share",
    why="while one environment waits for approval the others wait too, and of the runs that wait "
    "GitHub cancels all but the newest",
    page="https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency",
    fix="give each job a concurrency group with its environment's name",
)
def workflow_concurrency(definitions: Definitions) -> Iterator[Problem]:
    for path in sorted(definitions.root.glob(".github/workflows/*.y*ml")):
        workflow = YAML(typ="safe", pure=True).load(path)
        if not isinstance(workflow, dict) or "concurrency" not in workflow:
            continue
        jobs = (workflow.get("jobs") or {}).values()
        names = {str(job["environment"]) for job in jobs if "environment" in job}
        if len(names) > 1:
            at = definitions.line_of(path, "concurrency")
            yield Problem(at, f"shared by {', '.join(sorted(names))}")
