"""Modules that are imported when somebody needs them, not when somebody names them."""

import importlib
import sys
from types import ModuleType


def postpone(module: str, *annotations: str) -> None:
    """Import a module of types when somebody asks for more of it than names for annotations.

    CloudFormation annotates one function with types of EC2, which has thousands of them.
    """
    _stand_in(module, **dict.fromkeys(annotations, dict))


def postpone_call(module: str, function: str) -> None:
    """Import a module when one function of it is called, or something else is asked for.

    Lambda imports all of API Gateway for a function that reads a URL, for targets of EventBridge.
    """

    def call(*arguments: object, **named: object) -> object:
        return getattr(_real(module), function)(*arguments, **named)

    _stand_in(module, **{function: call})


def _stand_in(module: str, **members: object) -> None:
    """Have a module that is imported from now on be another one, with these members."""
    sys.modules[module] = Postponed(module)
    sys.modules[module].__dict__.update(members)


def _real(module: str) -> ModuleType:
    """The module itself, whatever stands for it."""
    if isinstance(sys.modules.get(module), Postponed):
        del sys.modules[module]
    return importlib.import_module(module)


class Postponed(ModuleType):
    """Stands for a module until an attribute is asked for that it doesn't have."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)
