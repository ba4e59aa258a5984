"""Options that the commands for an AWS environment share."""

from typing import Annotated

import typer

Env = Annotated[
    str, typer.Option("--env", envvar="ENV", help="Environment: infra/environments/NAME.toml.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
