"""What was decided, by which statements, and AWS's sentence for it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from dataclasses import dataclass
from enum import Enum

from mailroom_rules.policies.policy import MatchedStatement, PolicyType
from mailroom_rules.policies.request import Request


class Outcome(Enum):
    """Allowed, denied since no policy allows it, or denied by a Deny."""

    ALLOWED = "allowed"
    IMPLICITLY_DENIED = "implicitDeny"
    EXPLICITLY_DENIED = "explicitDeny"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a request.

    Attributes:
        policy_type: the type of policy that decided; None where AWS asks for no permission.
        statements: of an allowed request, every Allow that applied; of an explicit deny, every
            Deny that applied; of an implicit deny, the Allows that were not enough.
    """

    request: Request
    outcome: Outcome
    policy_type: PolicyType | None
    statements: tuple[MatchedStatement, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the request may go on."""
        return self.outcome is Outcome.ALLOWED

    @property
    def reason(self) -> str:
        """The end of AWS's sentence: which type of policy denied, and how; empty if allowed."""
        return self._reason(self.request.action)

    def message(self, *, action: str | None = None, resource: str | None = None) -> str:
        """AWS's whole sentence.

        Args:
            action: as the service prints it, where that differs from IAM's spelling.
            resource: as the service prints it, where that differs from the ARN.

        Returns:
            `User: … is not authorized to perform: … on resource: … because no … policy allows …`,
            without the resource where the action has none.
        """
        action = action or self.request.action
        if resource is None and self.request.resource != "*":
            resource = self.request.resource
        where = f" on resource: {resource}" if resource else ""
        user = f"User: {self.request.principal.name} is not authorized to perform: {action}"
        return f"{user}{where} {self._reason(action)}"

    def _reason(self, action: str) -> str:
        if self.policy_type is None or self.allowed:
            return ""
        policy = self.policy_type.value
        if self.outcome is Outcome.IMPLICITLY_DENIED:
            return f"because no {policy} allows the {action} action"
        article = "an" if self.policy_type is PolicyType.IDENTITY else "a"
        return f"with an explicit deny in {article} {policy}"
