"""An execution that ended with LocalStack, as Step Functions shows it afterwards.

Imported when it is needed: it imports Step Functions.
"""

from __future__ import annotations

import json
from typing import Any

from localstack.services.stepfunctions.backend.execution import Execution


class EndedExecution(Execution):
    """An execution that LocalStack's end has ended."""

    def to_history_output(self) -> Any:
        """What is known of its history: its beginning and its end."""
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
