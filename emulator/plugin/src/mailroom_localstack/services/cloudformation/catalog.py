"""The catalog of supported resource types, from what is installed.

LocalStack asks its maker's servers which resource types exist. When they can't be reached (offline)
and CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES is 0, it treats every type as unsupported. LocalStack
prefers a catalog with this one's name; it makes no request and answers from the installed resource
providers.
"""

from localstack.utils.catalog.catalog import CatalogPlugin
from localstack.utils.catalog.common import (
    AwsServicesSupportInLatest,
    CloudFormationResourcesSupportAtRuntime,
)


class InstalledCatalog(CatalogPlugin):
    """Says that a resource type is supported if it is installed."""

    name = "aws-catalog-remote-state-with-license"

    def get_aws_service_status(self, service_name: str, operation_name: str | None = None) -> None:
        return None

    def get_cloudformation_resource_status(
        self, resource_name: str, service_name: str, is_pro_resource: bool = False
    ) -> CloudFormationResourcesSupportAtRuntime | AwsServicesSupportInLatest:
        if resource_name in self._get_cfn_resources_available_at_runtime():
            return CloudFormationResourcesSupportAtRuntime.AVAILABLE
        return AwsServicesSupportInLatest.NOT_SUPPORTED
