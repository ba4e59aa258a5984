"""`mailroom iam`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.permissions.decisions import Decided, Decisions
    from mailroom.permissions.report import RoleReport

app = typer.Typer(help="Report the permissions that roles have and use.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Report the permissions that roles have and use."""


@app.command("report")
def report(
    json: AsJson = False,
    reset: Annotated[bool, typer.Option("--reset", help="Set all counts to 0 afterwards.")] = False,
) -> None:
    """Show for each role the permissions that it used, never used, and was denied."""
    from mailroom.cli.connection import connected
    from mailroom.permissions.decisions import forget_decisions, read_decisions
    from mailroom.permissions.report import report_role
    from mailroom.permissions.roles import roles_of_stack

    environment = connected(Project.find())
    with Progress(errors).waiting_for("Reading roles and decisions"):
        decisions = read_decisions(environment.endpoint)
        roles = roles_of_stack(environment.session, environment.stack)
    reports = [report_role(role, decisions.decided) for role in roles]
    topics = environment.topology.topics
    services = [one for one in decisions.decided if one.refused and one.source in topics]
    if json:
        show_json(_as_json(decisions, reports, services))
    else:
        _show(decisions, reports, services)
    if reset:
        forget_decisions(environment.endpoint)


def _show(decisions: "Decisions", reports: "list[RoleReport]", services: "list[Decided]") -> None:
    show_table(
        ["role", "statement", "action", "outcome", "count"],
        [row for one in reports for row in _rows(one)]
        + [[one.principal, None, one.action, "refused", one.count] for one in services],
        title=f"Permissions ({decisions.mode})",
        gives_way=("statement",),
    )
    refused = [decided for one in reports for decided in one.refused]
    for one in [*refused, *services]:
        errors.print(one.message or "", markup=False, style="dim")
    if decisions.dropped:
        errors.print(
            f"{decisions.dropped} decisions were not recorded: there were too many different ones"
        )


def _rows(report: "RoleReport") -> list[list[object]]:
    role = report.role.logical_id
    rows: list[list[object]] = []
    rows += [[role, g.statement.name, g.action, "used", g.count] for g in report.used]
    rows += [[role, g.statement.name, g.action, "never used", None] for g in report.unused]
    rows += [[role, None, one.action, "refused", one.count] for one in report.refused]
    return rows


def _as_json(
    decisions: "Decisions", reports: "list[RoleReport]", services: "list[Decided]"
) -> dict[str, Any]:
    from mailroom.permissions.report import sufficient_policy

    return {
        "mode": decisions.mode,
        "dropped": decisions.dropped,
        "roles": [
            {
                "role": one.role.logical_id,
                "arn": one.role.arn,
                "allowedAndUsed": [
                    {"statement": g.statement.name, "action": g.action, "count": g.count}
                    for g in one.used
                ],
                "allowedAndNeverUsed": [
                    {"statement": g.statement.name, "action": g.action} for g in one.unused
                ],
                "refused": [_refused(decided) for decided in one.refused],
                "sufficientPolicy": sufficient_policy(one),
            }
            for one in reports
        ],
        "services": [_refused(decided) for decided in services],
    }


def _refused(decided: "Decided") -> dict[str, Any]:
    return {
        "principal": decided.principal,
        "action": decided.action,
        "resources": dict(decided.resources),
        "count": decided.count,
        "message": decided.message,
    }
