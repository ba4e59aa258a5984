"""The dashboard shows every message type and every alarm of the template."""

import json
import re
from pathlib import Path

from mailroom.checking.template.source import Source

_CHECKOUT = Path(__file__).parents[3]
_RESOURCES = Source.load(_CHECKOUT / "infra" / "template.yml", _CHECKOUT).plain["Resources"]
_WIDGETS = json.loads(_RESOURCES["MetricsDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])[
    "widgets"
]


def test_the_dashboard_shows_each_alarm_once_and_each_queue() -> None:
    kinds = {name: one["Type"] for name, one in _RESOURCES.items()}

    shown = [
        arn
        for widget in _WIDGETS
        if widget["type"] == "alarm"
        for arn in widget["properties"]["alarms"]
    ]
    named = {
        name.partition(".")[0] for name in re.findall(r"\$\{(\w[\w.]*)\}", json.dumps(_WIDGETS))
    }

    alarms = [name for name, kind in kinds.items() if kind == "AWS::CloudWatch::Alarm"]
    queues = {one for one in kinds if one.endswith("Queue") and f"{one[:-5]}Subscription" in kinds}
    assert sorted(shown) == sorted(f"${{{name}.Arn}}" for name in alarms)
    assert queues - {"UnroutedQueue"} <= named <= {*kinds}


def test_a_row_is_as_wide_as_the_grid_and_each_graph_names_its_region() -> None:
    graphs = [one["properties"] for one in _WIDGETS if one["type"] == "metric"]

    assert all(one["region"] == "${AWS::Region}" and one["metrics"] for one in graphs)
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    assert len(_WIDGETS) <= 500
    assert sum(one["width"] for one in _WIDGETS[2:5]) == 24
