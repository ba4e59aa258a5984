"""LocalStack closes the files that it opens for a call."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from tests.support.durable_engine import durable_engine
from tests.support.flow import until


def test_no_connection_to_the_metrics_stays_open(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        client = engine.session.client("cloudwatch")
        for value in range(5):
            client.put_metric_data(
                Namespace="test", MetricData=[{"MetricName": "value", "Value": value}]
            )
        for _ in range(5):
            client.get_metric_statistics(
                Namespace="test",
                MetricName="value",
                StartTime=datetime.now(UTC) - timedelta(minutes=5),
                EndTime=datetime.now(UTC) + timedelta(minutes=5),
                Period=60,
                Statistics=["Sum"],
            )
        [metric] = client.list_metrics(Namespace="test")["Metrics"]
        process = psutil.Process(engine.process.pid)

        def is_closed() -> bool:
            return "metrics.db" not in {Path(one.path).name for one in process.open_files()}

        assert metric["MetricName"] == "value"
        # One may be in use at this moment.
        until(is_closed, "the connections to be closed", 10)
