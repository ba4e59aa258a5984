"""What this LocalStack supports, told by itself.

LocalStack asks its maker's servers which resource types exist, and where it can't reach them
(offline) it takes every type for unsupported as soon as CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES
is 0. This catalog has a name that LocalStack prefers, asks nobody, and answers from the
resource providers that are installed.
"""

from localstack.utils.catalog.catalog import CatalogPlugin
from localstack.utils.catalog.common import (
    AwsServicesSupportInLatest,
    CloudFormationResourcesSupportAtRuntime,
)


class InstalledCatalog(CatalogPlugin):
    """Supported is what is installed."""

    name = "aws-catalog-remote-state-with-license"

    def get_aws_service_status(self, service_name, operation_name=None):
        return None

    def get_cloudformation_resource_status(
        self, resource_name, service_name, is_pro_resource=False
    ):
        if resource_name in self._get_cfn_resources_available_at_runtime():
            return CloudFormationResourcesSupportAtRuntime.AVAILABLE
        return AwsServicesSupportInLatest.NOT_SUPPORTED
