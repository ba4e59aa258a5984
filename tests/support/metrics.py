"""What CloudWatch knows of a metric."""

from datetime import UTC, datetime, timedelta
from typing import Any


def statistics(
    cloudwatch: Any, namespace: str, metric: str, statistic: str, **dimensions: str
) -> list[float]:
    """A statistic of the last ten minutes: one value, or two around a full hour; none at first."""
    now = datetime.now(UTC)
    points = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=[statistic],
    )["Datapoints"]
    return [point[statistic] for point in points]
