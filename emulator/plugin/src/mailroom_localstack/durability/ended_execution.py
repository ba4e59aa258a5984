"""An execution of an earlier LocalStack, as Step Functions shows it afterwards.

Imported when it is needed: it imports Step Functions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from localstack.services.stepfunctions.asl.component.state.state_execution.state_map.iteration.itemprocessor.map_run_record import (  # noqa: E501
    MapRunRecordPoolManager,
)
from localstack.services.stepfunctions.asl.eval.callback.callback import CallbackPoolManager
from localstack.services.stepfunctions.backend.execution import Execution


class EndedExecution(Execution):
    """An execution that has ended before LocalStack did, or with it.

    Attributes:
        read_history: Reads its history; None is that of one that ended with LocalStack.
        definition: Of its state machine, when it began.
    """

    read_history: Callable[[], Any]
    definition: str

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make it; of what LocalStack asks every execution for, it has nothing."""
        super().__init__(*args, **options)
        nothing = SimpleNamespace(
            callback_pool_manager=CallbackPoolManager(self._activity_store),
            map_run_record_pool_manager=MapRunRecordPoolManager(),
        )
        worker: Any = SimpleNamespace(env=nothing)
        self.exec_worker = worker

    def stop(self, *_: Any) -> None:
        """Do nothing: it has ended."""

    def to_history_output(self) -> Any:
        """Its history; of one that ended with LocalStack the beginning and the end."""
        if (events := self.read_history()) is not None:
            return {"events": events}
        started = {"input": json.dumps(self.input_data), "roleArn": self.role_arn}
        aborted = {"error": self.error, "cause": self.cause}
        return {
            "events": [
                {
                    "id": 1,
                    "previousEventId": 0,
                    "type": "ExecutionStarted",
                    "timestamp": self.start_date,
                    "executionStartedEventDetails": started,
                },
                {
                    "id": 2,
                    "previousEventId": 1,
                    "type": "ExecutionAborted",
                    "timestamp": self.stop_date,
                    "executionAbortedEventDetails": aborted,
                },
            ]
        }

    def to_describe_state_machine_for_execution_output(self) -> Any:
        """The state machine, as it was when the execution began."""
        found = super().to_describe_state_machine_for_execution_output()
        return {**found, "definition": self.definition}
