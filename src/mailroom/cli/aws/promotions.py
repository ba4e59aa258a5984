"""`mailroom promotions`."""

from datetime import datetime

from mailroom.cli.options import AsJson, Env
from mailroom.cli.output import show_json, show_table
from mailroom.cli.times import shown
from mailroom.project import Project


def promotions(env: Env, json: AsJson = False) -> None:
    """Show the log of an environment's promotions and rollbacks."""
    from mailroom.cli.connection import opened
    from mailroom.promotion.release_history import promotions as history

    entries = history(opened(Project.find_workflow(), env, parameters=False))
    if json:
        show_json([entry.__dict__ for entry in entries])
        return
    show_table(
        ["at", "action", "release", "result", "from", "reason"],
        [[_time(e.at), e.action, e.hash[:12], e.result, e.source, e.reason] for e in entries],
        below=("reason", "from"),
    )


def _time(at: str) -> str:
    return shown(datetime.fromisoformat(at))
