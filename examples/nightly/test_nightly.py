"""The nightly report. No test waits for the night: each starts what the rule would start."""

from typing import Any

from mailroom.testing.running_application import RunningApplication


def scheduled(day: str) -> dict[str, Any]:
    """The event of a scheduled rule."""
    return {"detail-type": "Scheduled Event", "source": "aws.events", "time": f"{day}T02:00:00Z"}


def test_the_report_sums_up_a_day(mailroom: RunningApplication) -> None:
    report = mailroom.execute(scheduled("2026-11-27"))

    assert report == {"day": "2026-11-27", "total": 40, "largest": 2}


def test_a_day_without_orders_has_no_report(mailroom: RunningApplication) -> None:
    assert "total" not in (mailroom.execute(scheduled("2026-11-28")) or {})


def test_a_rule_starts_the_machine_at_two_in_the_night(mailroom: RunningApplication) -> None:
    events = mailroom.session.client("events")
    machine = mailroom.arn("ReportMachine")

    [name] = events.list_rule_names_by_target(TargetArn=machine)["RuleNames"]

    assert events.describe_rule(Name=name)["ScheduleExpression"] == "cron(0 2 * * ? *)"
