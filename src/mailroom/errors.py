"""What a user can cause, or mend. Every other exception that reaches the user is a bug."""

EXIT_FAILURE = 1
EXIT_REFUSED = 2


class MailroomError(Exception):
    """Something went wrong that the user can understand and act on.

    Args:
        message: What is wrong, in one line.
        hint: What to do next.
    """

    exit_code = EXIT_FAILURE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Refused(MailroomError):
    """The input or the environment is not usable; nothing was touched."""

    exit_code = EXIT_REFUSED


class NotUp(Refused):
    """No environment is up, and the command needs one."""

    def __init__(self) -> None:
        super().__init__("no environment is up", "start one with: mailroom up")


class HalfUp(NotUp):
    """Parts of an environment are up and others are not, and the command needs all of it."""

    def __init__(self, environment: str) -> None:
        Refused.__init__(
            self,
            f"only a part of the {environment} environment is up",
            "see which: mailroom status; repair it as it was started: mailroom up",
        )


class PortTaken(Refused):
    """Somebody else listens on a port that the environment needs."""


class StartFailed(MailroomError):
    """A process of the environment did not start, or died."""


class NoAnswer(MailroomError):
    """A part of the environment that was up does not answer any more."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "see what is up: mailroom status; repair it: mailroom up")


class DeploymentFailed(MailroomError):
    """CloudFormation refused the change set, or a resource failed."""


class ExecutionFailed(MailroomError):
    """An execution of the workflow ended in a Fail state."""
