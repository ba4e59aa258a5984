"""Errors that a user can cause or resolve. Any other exception that reaches the user is a bug."""

EXIT_FAILURE = 1
EXIT_REFUSED = 2


class MailroomError(Exception):
    """Base class of errors that the user can act on.

    Args:
        message: The error, in one line.
        hint: What the user can do.
    """

    exit_code = EXIT_FAILURE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Refused(MailroomError):
    """The input or the environment can't be used; nothing was touched."""

    exit_code = EXIT_REFUSED


class NoTerminal(Refused):
    """A question can't be asked, as standard input is not a terminal."""

    def __init__(self, question: str) -> None:
        super().__init__(f"there is no terminal to ask on: {question}", "add --yes")


class NoAwsCli(Refused):
    """The AWS CLI comes with an extra, as it is half of what the toolbox weighs."""

    def __init__(self) -> None:
        super().__init__("the AWS CLI is not installed", "pip install 'mailroom[aws]'")


class NotUp(Refused):
    """No environment is up, and the command needs one."""

    def __init__(self) -> None:
        super().__init__("no environment is up", "start one with: mailroom up")


class HalfUp(NotUp):
    """Some parts of an environment are not up, and the command needs all of them."""

    def __init__(self, environment: str) -> None:
        Refused.__init__(
            self,
            f"only a part of the {environment} environment is up",
            "see which: mailroom status; repair it as it was started: mailroom up",
        )


class PortTaken(Refused):
    """Another process listens on a port that the environment needs."""


class StartFailed(MailroomError):
    """A process of the environment did not start, or ended."""


class NoAnswer(MailroomError):
    """A part of the environment was up and does not answer."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "see what is up: mailroom status; repair it: mailroom up")


class DeploymentFailed(MailroomError):
    """CloudFormation rejected the change set, or a resource failed."""


class ExecutionFailed(MailroomError):
    """An execution of the workflow ended in a Fail state."""
