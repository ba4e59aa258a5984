"""When CloudWatch evaluates alarms."""

import time
from collections.abc import Callable
from typing import Any

from mailroom_localstack.patches import replacement


@replacement("localstack.services.cloudwatch.alarm_scheduler:Scheduler")
def evaluate_alarms_after_their_period(original: Any) -> Any:
    """Evaluate an alarm for the first time when its first period has passed.

    LocalStack: evaluates it as soon as it is created, when there is nothing to evaluate.

    Saves: @@alarms@@

    Test: tests/integration/test_deployment.py
    test_a_stack_is_created_with_its_outputs_and_tells_of_each_resource
    """

    class Scheduler(original):  # type: ignore[misc]
        def schedule(self, func: Callable[..., Any], period: float, **options: Any) -> Any:
            return super().schedule(func, period, start=time.time() + period, **options)

    return Scheduler
