"""Starts LocalStack as `python -m localstack.runtime.main` does, and sooner.

What is spared here comes before any hook of LocalStack's; the rest is in `quick_start`, which also
turns the collection of garbage on again, later: what is imported until then stays.
"""

import gc
import sys
from types import ModuleType


def spare_validation() -> None:
    """Leave out the check of LocalStack's own pages against their OpenAPI: it is off unless
    LocalStack's developers ask for it, and what it imports takes a tenth of the start."""
    placeholder = ModuleType("localstack.aws.handlers.validation")
    for name in ("OpenAPIRequestValidator", "OpenAPIResponseValidator"):
        setattr(placeholder, name, lambda: lambda chain, context, response: None)
    sys.modules[placeholder.__name__] = placeholder


if __name__ == "__main__":
    gc.disable()
    spare_validation()

    from localstack.runtime.main import main

    main()
