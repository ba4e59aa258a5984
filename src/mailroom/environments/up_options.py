"""What `up` is asked for, whatever it brings up."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class UpOptions:
    """The options of `up`.

    Attributes:
        port: LocalStack's port on 127.0.0.1; None for the last one, else the usual one; AUTO for
            that one if it is free, else another.
        packaged: Run the functions from the zip that would go to AWS.
        parameters: Template parameters that take precedence over the config's. They are remembered
            for the next `up`.
        unset: Names of template parameters to forget.
        iam: `enforce`, `observe` or `off`; None for MAILROOM_IAM, else the running LocalStack's,
            else `enforce`.
        restart: Restart LocalStack, even if messages or executions are lost.
        durability: `on` or `off`; None for MAILROOM_DURABILITY, else the running LocalStack's, else
            `on`. Containers have none.
    """

    port: int | None = None
    packaged: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    unset: Collection[str] = ()
    iam: str | None = None
    restart: bool = False
    durability: str | None = None


DEFAULTS = UpOptions()
