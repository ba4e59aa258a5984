"""LocalStack's hooks at which the plugin changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from localstack.constants import VERSION
from localstack.runtime.hooks import on_infra_start, on_runtime_create
from plux import Plugin, PluginException, PluginLifecycleListener, PluginSpec

from mailroom_localstack import patches
from mailroom_localstack.durability.opened import open_store
from mailroom_localstack.observation.current import CURRENT, TRACE_HEADER
from mailroom_localstack.observation.marks import LIMIT, mark
from mailroom_localstack.service_call import ServiceCall

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext


@on_runtime_create()
def change_localstack() -> None:
    """Refuse another LocalStack than the pinned one, open the store, change what is no service.

    LocalStack has imported nothing of its gateway yet.
    """
    patches.refuse_other_version(VERSION)
    open_store()
    patches.apply(patches.START)


# After the hook of `validation`: checks rely on the parameters that a request must have.
AFTER_VALIDATION = -20


@on_infra_start(priority=AFTER_VALIDATION)
def change_services() -> None:
    """Apply the changes of a service when LocalStack loads it, and check requests.

    Those of IAM at once: moto makes an account's IAM with the first call to any service of its own.
    """
    from localstack.aws import handlers
    from localstack.services.plugins import SERVICE_PLUGINS

    patches.apply("iam")
    SERVICE_PLUGINS.plugin_manager.add_listener(ServiceChanges())
    handlers.serve_custom_service_request_handlers.append(check_request)
    handlers.serve_custom_service_request_handlers.append(carry_trace_header)


class ServiceChanges(PluginLifecycleListener):
    """Is told by LocalStack before it loads a service."""

    def on_load_before(self, plugin_spec: PluginSpec, plugin: Plugin, *_: object) -> None:
        """Apply the changes of the service.

        Raises:
            PluginException: a target is gone; the service isn't loaded then.
        """
        service = plugin_spec.name.partition(":")[0]
        try:
            patches.apply(service)
        except (AttributeError, ImportError) as error:
            message = f"Mailroom's patches of {service} don't fit this LocalStack: {error}"
            raise PluginException(message) from error


def check_request(chain: object, context: RequestContext, response: object) -> None:
    """Give a request to the check that is made of its operation, if there is one."""
    if context.service is None or context.operation is None:
        return
    service = context.service.service_name
    if service not in _known:
        # Importing the modules of a service registers its checks.
        list(patches.changes(service))
        _known.add(service)
    found = patches.CHECKS.get((service, context.operation.name))
    if found is None:
        return
    try:
        found(cast(ServiceCall, context))
    except Exception as refusal:
        mark(context, refused=LIMIT, message=str(getattr(refusal, "message", refusal)))
        raise


def carry_trace_header(chain: object, context: RequestContext, response: object) -> None:
    """Give a call between services the X-Ray trace header of what it is made for."""
    header = CURRENT.trace
    if header is None or context.operation is None or TRACE_HEADER in context.request.headers:
        return
    from localstack.utils.xray.trace_header import TraceHeader

    context.request.headers[TRACE_HEADER] = header
    context.trace_context["aws_trace_header"] = TraceHeader.from_header_str(header)


_known: set[str] = set()
