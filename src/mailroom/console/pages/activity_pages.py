"""Page Activity: calls as they happen; those that are refused would fail in AWS too."""

import threading
from collections import deque
from typing import Any

from mailroom.console.page import Document, Page, Visit
from mailroom.environments.environment import Environment
from mailroom.errors import NoAnswer
from mailroom.observation.events import Event, read_events

_KEPT, _ROWS = 2000, 100


class Activity:
    """The last calls of one LocalStack; each is read once, however many pages are open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._epoch, self._endpoint, self._after = "", "", 0
        self._calls: deque[Event] = deque(maxlen=_KEPT)
        self._refused: deque[Event] = deque(maxlen=_KEPT)

    def read(self, environment: Environment) -> tuple[list[Event], list[Event]]:
        """All calls and the refused ones, the newest first.

        Raises:
            NoAnswer: The environment has no events: it is an account, or does not answer.
        """
        with self._lock:
            if environment.endpoint != self._endpoint:
                self._start(environment.endpoint, "")
            while True:
                found = read_events(environment.endpoint, self._after)
                if found.epoch != self._epoch:
                    self._start(environment.endpoint, found.epoch)
                    continue
                for event in found.events:
                    self._take(event)
                if not found.events:
                    return list(self._calls)[::-1], list(self._refused)[::-1]
                self._after = found.next

    def _start(self, endpoint: str, epoch: str) -> None:
        self._endpoint, self._epoch, self._after = endpoint, epoch, 0
        self._calls.clear()
        self._refused.clear()

    def _take(self, event: Event) -> None:
        if event["kind"] == "call":
            self._calls.append(event)
        if event.get("refused"):
            self._refused.append(event)


def activity(visit: Visit) -> Document:
    """Calls that match, the newest first; refusals with what would allow them."""
    only = {name: visit.query.get(name, "") for name in ("service", "outcome", "by")}
    try:
        calls, refused = _ACTIVITY.read(visit.environment)
    except NoAnswer:
        if not visit.environment.in_account:
            raise
        return {"observed": False, "calls": [], "services": [], "refused": 0, "only": only}
    shown = refused if only["outcome"] == "refused" else calls
    found = [one for one in shown if _matches(one, only)]
    return {
        "observed": True,
        "refused": len(refused),
        "services": sorted({one["service"] for one in calls}),
        "only": only,
        "calls": [_shown(one) for one in found[:_ROWS]],
    }


def _matches(event: Event, only: dict[str, str]) -> bool:
    if only["service"] and event.get("service") != only["service"]:
        return False
    if only["outcome"] == "failed" and not event.get("error"):
        return False
    return only["by"].lower() in f"{event.get('caller')} {event.get('source')}".lower()


def _shown(event: Event) -> dict[str, Any]:
    caller, source = event.get("caller") or "", event.get("source") or ""
    return {
        **event,
        "who": _last(source if source and source != "client" else caller) or "client",
        "on": _last(event.get("resource") or event.get("to") or event.get("topic") or ""),
        "service": event.get("service") or event["kind"],
        "operation": event.get("operation") or event["kind"],
    }


def _last(arn: str) -> str:
    """The name in an ARN, with its resource's type where it has one."""
    return arn.split(":", 5)[-1] if arn.startswith("arn:") else arn


_ACTIVITY = Activity()
PAGES = [Page("/activity", "activity.html", activity, live=True)]
