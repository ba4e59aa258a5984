"""Deploys infra/ to a target: the one deployment there is, for every environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailroom.deployment.environment_config import Target
from mailroom.deployment.events import ResourceEvent
from mailroom.deployment.stack import Deployment, Stack
from mailroom.deployment.template import Template

if TYPE_CHECKING:
    import boto3


@dataclass(frozen=True)
class Code:
    """The functions' code: a bucket and a key, and the architecture that it was made for."""

    bucket: str
    key: str
    architecture: str


def deploy_definitions(
    session: "boto3.Session",
    template: Template,
    target: Target,
    code: Code,
    parameters: Mapping[str, str],
    progress: Callable[[ResourceEvent], None] = lambda event: None,
) -> Deployment:
    """Deploy the template to the target's stack.

    Args:
        session: Credentials, region and endpoint of where it goes.
        template: infra/template.yml.
        target: The environment's settings.
        code: What the functions run.
        parameters: Template parameters that are known only now; they win over the target's.
        progress: Called with each resource's events.

    Raises:
        DeploymentFailed: CloudFormation refused it, or a resource failed.
    """
    stack = Stack(session.client("cloudformation"), target.stack, progress)
    return stack.deploy(
        template.render(),
        {
            **target.parameters,
            "CodeBucket": code.bucket,
            "CodeKey": code.key,
            "Architecture": code.architecture,
            **parameters,
        },
        target.tags,
    )
