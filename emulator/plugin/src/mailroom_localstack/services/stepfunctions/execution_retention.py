"""Forgets executions that ended long ago, and the threads that they ran in.

LocalStack keeps both until it ends: the threads to stop them then, with the whole definition of
the state machine in their names. AWS keeps an execution's history for 90 days:
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.services.stepfunctions.retention import forget_ended, forget_threads

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

# So many that have ended are remembered, for each account and region.
KEPT = 1_000


@on_infra_start()
def forget_old_executions() -> None:
    """Look at what is there whenever an execution starts."""
    from localstack.aws import handlers

    handlers.modify_service_response.append("stepfunctions", forget)


def forget(_chain: object, context: RequestContext, _response: object) -> None:
    """Forget what nobody will ask for any more, once an execution has started."""
    if context.operation.name != "StartExecution":
        return
    from localstack.services.stepfunctions.backend.store import sfn_stores
    from localstack.utils.threads import TMP_THREADS

    forget_ended(sfn_stores[context.account_id][context.region].executions, KEPT)
    forget_threads(TMP_THREADS)
