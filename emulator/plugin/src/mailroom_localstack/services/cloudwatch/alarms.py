"""CloudWatch's alarms: judged when there is something to judge."""

import time
from collections.abc import Callable
from typing import Any


def judge_after_their_period() -> None:
    """An alarm has nothing to judge when it has just been made; LocalStack looks at once."""
    from localstack.services.cloudwatch import alarm_scheduler

    class PatientScheduler(alarm_scheduler.Scheduler):
        def schedule(self, func: Callable[..., Any], period: float, **options: Any) -> Any:
            return super().schedule(func, period, start=time.time() + period, **options)

    alarm_scheduler.Scheduler = PatientScheduler
