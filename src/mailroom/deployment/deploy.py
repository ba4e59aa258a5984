"""Deploys infra/template.yml, for every environment in the same way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.deployment.events import ResourceEvent
from mailroom.deployment.stack import Deployment, Stack
from mailroom.deployment.template import Template

if TYPE_CHECKING:
    import boto3


@dataclass(frozen=True)
class Code:
    """The functions' code: its bucket and key, and its architecture."""

    bucket: str
    key: str
    architecture: str


def deploy_definitions(
    session: "boto3.Session",
    template: Template,
    config: EnvironmentConfig,
    code: Code,
    parameters: Mapping[str, str],
    progress: Callable[[ResourceEvent], None] = lambda event: None,
) -> Deployment:
    """Deploy the template to the environment's stack.

    Args:
        session: Credentials, region and endpoint.
        template: infra/template.yml.
        config: The environment's config.
        code: The functions' code.
        parameters: Template parameters that take precedence over the config's.
        progress: Called with each event of a resource.

    Raises:
        DeploymentFailed: CloudFormation rejected the change set, or a resource failed.
    """
    stack = Stack(session.client("cloudformation"), config.stack, progress)
    return stack.deploy(
        template.render(),
        {
            **config.parameters,
            "CodeBucket": code.bucket,
            "CodeKey": code.key,
            "Architecture": code.architecture,
            **parameters,
        },
        config.tags,
    )
