"""Shows deployments on the terminal, and asks there."""

from contextlib import AbstractContextManager

from mailroom.cli.options import confirm
from mailroom.cli.output import errors
from mailroom.deployment.change_set import Change, Kind
from mailroom.deployment.events import ResourceEvent
from mailroom.progress import Progress
from mailroom.wording import counted

_STYLES = {
    Kind.added: ("+", "green"),
    Kind.changed: ("~", "yellow"),
    Kind.perhaps_replaced: ("?", "red"),
    Kind.replaced: ("!", "red"),
    Kind.removed: ("-", "red"),
}


class TerminalReporter:
    """Shows on standard error, and asks on the terminal.

    Args:
        yes: Agree to everything without asking, for CI.
    """

    def __init__(self, yes: bool) -> None:
        self._yes = yes

    def notice(self, text: str) -> None:
        errors.print(text, markup=False)

    def resource(self, event: ResourceEvent) -> None:
        if event.status.endswith(("_COMPLETE", "_FAILED")):
            style = "red" if event.status.endswith("_FAILED") else "dim"
            done = event.status.lower().replace("_", " ")
            errors.print(f"  {event.logical_id}: {done}", style=style, markup=False)

    def changes(self, stack: str, changes: tuple[Change, ...]) -> None:
        errors.print(f"stack {stack}, {counted(len(changes), 'change')}:", markup=False)
        for change in changes:
            sign, style = _STYLES[change.kind]
            properties = f" [{', '.join(change.properties)}]" if change.properties else ""
            text = f"  {sign} {change.kind}: {change.logical_id} ({change.resource_type})"
            errors.print(text + properties, style=style, markup=False)
        for change in changes:
            if change.loses_data:
                shout = f"  WHAT IS IN {change.logical_id} WILL BE LOST: it is {change.kind}"
                errors.print(shout, style="red bold", markup=False)

    def waiting_for(self, what: str) -> AbstractContextManager[object]:
        return Progress(errors).waiting_for(what)

    def confirm(self, question: str) -> bool:
        return self._yes or confirm(question)
