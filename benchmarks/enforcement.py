"""What it costs to hold every call to its policies: the flow beside itself with IAM off."""

from benchmarks.figure import Figure, in_turn
from benchmarks.flow import send
from benchmarks.with_and_without import with_and_without
from mailroom.project import Project
from tests.support.events import mixed

ROUNDS = 9
VARIABLE = "MAILROOM_IAM"


def measure_enforcement(project: Project) -> Figure:
    """1,000 messages in an environment that enforces, and in one that doesn't look."""
    with with_and_without(project, VARIABLE) as environments:
        enforcing, unlooking = environments
        for one in environments:
            send(one, mixed(100))
        enforced, unlooked = in_turn(
            ROUNDS,
            lambda: send(enforcing, mixed(1000)),
            lambda: send(unlooking, mixed(1000)),
        )
    return Figure("1,000 messages under IAM", enforced, "the same, --iam=off", unlooked, 1.05, "s")
