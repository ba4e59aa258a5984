"""Icons of 16 by 16 pixels, as paths that are stroked."""

from mailroom.console.graphs.svg import Element, element

_PATHS = {
    # State types
    "Task": "M3 4.5h10v7H3zM5.5 4.5v7M8 7l2 1.5L8 10",
    "Choice": "M8 2.5 13.5 8 8 13.5 2.5 8z",
    "Parallel": "M4 3v10M8 3v10M12 3v10",
    "Branch": "M4 3v10M8 3v10M12 3v10",
    "Map": "M3 4h10M3 8h10M3 12h10",
    "Wait": "M8 2.5a5.5 5.5 0 1 0 .01 0zM8 5v3.2l2.2 1.6",
    "Pass": "M2.5 8h10M9 4.5 12.5 8 9 11.5",
    "Succeed": "M8 2.5a5.5 5.5 0 1 0 .01 0zM5.5 8.2l1.8 1.8 3.2-3.8",
    "Fail": "M8 2.5a5.5 5.5 0 1 0 .01 0zM6 6l4 4M10 6l-4 4",
    # Parts of a stack
    "client": "M3 3h10v10H3zM6 6.5l2 1.5-2 1.5M9 10h2",
    "topic": "M3.5 8h3L12 3.5v9L6.5 8M14 6.5v3",
    "queue": "M2.5 4.5h11v7h-11zM5.5 4.5v7M8 4.5v7M10.5 4.5v7",
    "dead-letter-queue": "M2.5 4.5h11v7h-11zM6.2 6.2l3.6 3.6M9.8 6.2 6.2 9.8",
    "function": "M4 3h2l5.5 10h1.2M7.2 8 4.2 13",
    "machine": "M6 2.5h4v3H6zM2.5 10.5h4v3h-4zM9.5 10.5h4v3h-4zM8 5.5V8M4.5 10.5V8h7v2.5",
    "database": "M3 4.5C3 2.7 13 2.7 13 4.5v7c0 1.8-10 1.8-10 0zM3 4.5c0 1.8 10 1.8 10 0",
    # What happened
    "succeeded": "M4.5 8.3 7 10.8l4.5-5.3",
    "failed": "M5 5l6 6M11 5l-6 6",
    "caught": "M8 4v5M8 11.2v.6",
    "timed-out": "M8 4.5V8l2.4 1.8",
    "aborted": "M5.5 5.5h5v5h-5z",
    "running": "M4.8 8h.1M8 8h.1M11.2 8h.1",
}


def icon(name: str, x: float, y: float, class_: str = "icon") -> Element:
    """An icon with its upper left corner at a point; of a name that has none, nothing is drawn."""
    path = element("path", d=_PATHS.get(name, ""))
    return element("g", path, class_=class_, transform=f"translate({x:.1f} {y:.1f})")
