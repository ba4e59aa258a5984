"""Makes LocalStack's CloudFormation look for a resource's end as often as it takes, not once a second."""

from localstack.runtime.hooks import on_infra_start

# Seconds between two looks at a resource under way. LocalStack's own is 1.
INTERVAL = 0.05


@on_infra_start()
def look_often() -> None:
    """Shorten the pause between two looks; every function resource has several."""
    from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor

    loop = ResourceProviderExecutor.deploy_loop
    timeout, _ = loop.__defaults__
    loop.__defaults__ = (timeout, INTERVAL)
