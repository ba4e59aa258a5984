"""What the models of message types are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(min_length=1)]
"""A text that isn't empty."""

Integer = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A whole number that Postgres' bigint holds. A plain `int` has no limit, and becomes numeric."""


class Data(BaseModel):
    """The data of an event. A message type has one subclass, whose fields become columns.

    It is strict: no field is converted from another JSON type, and no field is unknown.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
