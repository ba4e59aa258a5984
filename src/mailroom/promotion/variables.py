"""Environment variables in an environment's settings: `${NAME}`."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace

from mailroom.deployment.environment_config import Target

_VARIABLE = re.compile(r"\$\{(\w+)\}")


def missing_variables(target: Target, variables: Mapping[str, str] = os.environ) -> list[str]:
    """Names of the variables that the settings need and that are not set."""
    texts = [target.account or "", target.bucket or "", *target.parameters.values()]
    wanted = {name for text in texts for name in _VARIABLE.findall(text)}
    return sorted(name for name in wanted if not variables.get(name))


def expand(target: Target, variables: Mapping[str, str] = os.environ) -> Target:
    """The settings with every variable's value in its place; an unset one stays as it is."""

    def filled(text: str) -> str:
        return _VARIABLE.sub(lambda match: variables.get(match[1]) or match[0], text)

    return replace(
        target,
        account=filled(target.account) if target.account else None,
        bucket=filled(target.bucket) if target.bucket else None,
        parameters={name: filled(value) for name, value in target.parameters.items()},
    )
