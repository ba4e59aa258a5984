"""What in a template can't run on this machine, told before anything is deployed."""

from collections.abc import Iterator

from mailroom.application.application_template import ApplicationTemplate, Code
from mailroom.checking.finding import Problem
from mailroom.errors import Refused
from mailroom.packaging.dependencies import host_architecture
from mailroom.packaging.runtimes import RUNTIMES
from mailroom.wording import counted

# https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
MOST_LAYERS = 5
# Types that the engine's CloudFormation has no service behind, and what happens to a stack of them.
_UNSUPPORTED = {
    "AWS::DynamoDB::Table": "LocalStack's DynamoDB needs a server that it would download, and Java",
    "AWS::DynamoDB::GlobalTable": "LocalStack's DynamoDB needs a server that it would download",
    "AWS::Serverless::SimpleTable": "LocalStack's DynamoDB needs a server that it would download,"
    " and Java",
    "AWS::Serverless::Application": "applications of the Serverless Application Repository are not"
    " there",
}


def require_supported(template: ApplicationTemplate, packaged: bool = False) -> None:
    """Check that the engine can run a template.

    Args:
        template: The template.
        packaged: Whether the zips that would go to AWS are to run.

    Raises:
        Refused: It can't; the hint has a line for each fault.
    """
    problems = [*_faults(template), *(_of_packages(template) if packaged else ())]
    faults = [f"{one.at}: {one.message}" for one in sorted(problems, key=lambda one: one.at)]
    if faults:
        raise Refused(
            f"{template.source.file} has {counted(len(faults), 'part')} that can't run here",
            "\n".join(faults),
        )


def notices(template: ApplicationTemplate) -> list[str]:
    """What is accepted and not simulated, a line each."""
    found = []
    host = host_architecture()
    for code in template.codes():
        if code.is_layer:
            continue
        if code.architecture != host:
            found.append(f"{code.at}: {code.logical_id} is {code.architecture}, and runs as {host}")
        if code.properties.get("SnapStart"):
            found.append(f"{code.at}: SnapStart of {code.logical_id} is accepted, not simulated")
    return found


def _faults(template: ApplicationTemplate) -> Iterator[Problem]:
    for name, resource in template.resources.items():
        if reason := _UNSUPPORTED.get(str(resource.get("Type"))):
            at = template.source.at(("Resources", name, "Type"))
            yield Problem(at, f"{name}: {resource['Type']} is not supported: {reason}")
    for code in template.codes():
        for message in _of_code(code):
            yield Problem(code.at, f"{code.logical_id}: {message}")


def _of_packages(template: ApplicationTemplate) -> Iterator[Problem]:
    host = host_architecture()
    for code in template.codes():
        if code.architecture != host and not code.is_layer:
            message = f"{code.logical_id}: a zip for {code.architecture} can't run on {host}"
            yield Problem(code.at, message)


def _of_code(code: Code) -> Iterator[str]:
    if code.folder is not None and not code.folder.exists():
        yield f"there is no folder of code at {code.folder}"
    if code.is_layer:
        return
    if code.is_image:
        yield "a container image can't run without Docker: package the function as a zip"
    elif code.runtime not in RUNTIMES:
        yield f"the runtime {code.runtime} is not supported; these are: {', '.join(RUNTIMES)}"
    layers = code.properties.get("Layers") or []
    if isinstance(layers, list) and len(layers) > MOST_LAYERS:
        yield f"it has {len(layers)} layers; Lambda takes {MOST_LAYERS}"
