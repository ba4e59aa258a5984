"""The one seam through which the plugin changes LocalStack, and the registry of the changes.

A change is a function in the folder of the service that it changes: `services/<service>/`, or
`startup/` for what concerns no service. A decorator of this module names the target, and the
docstring says what LocalStack does, what AWS does, and which test shows it. `apply_patches` applies
each change once, through `localstack.utils.patch`: those of a service when LocalStack loads that
service, so that LocalStack's own start doesn't import services.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import MethodType
from typing import Any

PACKAGE = __name__.rpartition(".")[0]
START = "start"
LOCALSTACK_VERSION = "4.14.0"
VERSION_VARIABLE = "MAILROOM_LOCALSTACK_VERSION"
# botocore's names of services, where a package can't have them.
PACKAGES = {"lambda": "lambda_"}
LABEL = re.compile(r"^(LocalStack|AWS|Why|Saves|Test): ", re.MULTILINE)

type Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Change:
    """A change of LocalStack: a patch, an optimization, or a check of requests.

    Attributes:
        function: its name is the change's, its docstring the documentation.
        targets: `module:name` or `module:class.name` of what is changed; operations of a check.
        parts: apply the change; a check of requests has none.
    """

    function: Function
    targets: list[str]
    parts: list[Callable[[], None]] = field(default_factory=list)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the function itself."""
        return self.function(*arguments, **named)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @property
    def service(self) -> str:
        """The service that is changed, by botocore's name, or `start`."""
        package = self.function.__module__.removeprefix(f"{PACKAGE}.").split(".")
        return package[1].rstrip("_") if package[0] == "services" else START

    @property
    def kind(self) -> str:
        """`patch`, `optimization`, or `check` for a check of requests."""
        if self in CHECKS.values():
            return "check"
        return "optimization" if "Saves" in self.documentation else "patch"

    @property
    def documentation(self) -> dict[str, str]:
        """The docstring's first paragraph as `summary`, and its labelled paragraphs."""
        text = re.sub(r"\s*\n\s*\n\s*", "\n\n", self.function.__doc__ or "")
        paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
        found = {"summary": paragraphs[0]}
        for paragraph in paragraphs[1:]:
            if label := LABEL.match(paragraph):
                found[label[1]] = paragraph[label.end() :]
        return found

    def also(self, target: str) -> Callable[[Function], Function]:
        """Decorate the replacement of a further target, which the same change needs."""

        def register(function: Function) -> Function:
            self.targets.append(target)
            self.parts.append(lambda: _wrap(target, function))
            return function

        return register


CHANGES: list[Change] = []
CHECKS: dict[tuple[str, str], Change] = {}


def patch(*targets: str) -> Callable[[Function], Change]:
    """Decorate what takes the place of functions, and gets the original as its first argument."""

    def register(function: Function) -> Change:
        change = _register(Change(function, []))
        for target in targets:
            change.also(target)(function)
        return change

    return register


def replacement(target: str) -> Callable[[Function], Change]:
    """Decorate a function that is given the target and returns what takes its place."""

    def register(function: Function) -> Change:
        return _register(Change(function, [target], [lambda: _replace(target, function)]))

    return register


def on_load(*targets: str) -> Callable[[Function], Change]:
    """Decorate a function without arguments that makes the change itself."""

    def register(function: Function) -> Change:
        return _register(Change(function, list(targets), [function]))

    return register


def check(service: str, *operations: str) -> Callable[[Function], Change]:
    """Decorate a function that is given each request of these operations before the service is.

    Its argument is LocalStack's `RequestContext`. What it raises is the answer.
    """

    def register(function: Function) -> Change:
        change = _register(Change(function, list(operations)))
        CHECKS.update({(service, operation): change for operation in operations})
        return change

    return register


def _register(change: Change) -> Change:
    CHANGES.append(change)
    return change


def _wrap(target: str, function: Function) -> None:
    from localstack.utils.patch import create_patch_proxy

    _replace(target, lambda original: create_patch_proxy(original, function))


def _replace(target: str, function: Function) -> None:
    from localstack.utils.patch import Patch

    owner, name = locate(target)
    new = function(getattr(owner, name))
    if isinstance(vars(owner).get(name), staticmethod):
        new = staticmethod(new)
    assert not isinstance(new, MethodType), f"{target} is bound to one object"
    Patch(owner, name, new).apply()


def locate(target: str) -> tuple[Any, str]:
    """The object that has a target as an attribute, and the attribute's name.

    Raises:
        AttributeError, ImportError: LocalStack has no such target.
    """
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for attribute in owners:
        owner = getattr(owner, attribute)
    getattr(owner, name)
    return owner, name


def services() -> list[str]:
    """The services that are changed, by botocore's names."""
    package = importlib.import_module(f"{PACKAGE}.services")
    return [one.name.rstrip("_") for one in pkgutil.iter_modules(package.__path__) if one.ispkg]


def changes(*of: str) -> Iterator[Change]:
    """The changes of services or of `start`, in the order of their modules.

    Importing those modules registers them.
    """
    for service in of:
        if service != START and service not in services():
            continue
        folder = "startup" if service == START else f"services.{PACKAGES.get(service, service)}"
        package = importlib.import_module(f"{PACKAGE}.{folder}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
        yield from [one for one in CHANGES if one.service == service]


def apply(of: str) -> None:
    """Apply the changes of a service, or of `start`, once.

    Those without a target come first: they are about imports, and targets are imported.

    Raises:
        AttributeError, ImportError: a target is gone.
    """
    for change in sorted(changes(of), key=lambda change: bool(change.targets)):
        while change.parts:
            change.parts.pop(0)()


def refuse_other_version(version: str) -> None:
    """End LocalStack if it isn't the version that the patches were written for.

    Raises:
        SystemExit: it isn't, and `MAILROOM_LOCALSTACK_VERSION` doesn't name it.
    """
    accepted = os.environ.get(VERSION_VARIABLE) or LOCALSTACK_VERSION
    if version != accepted:
        raise SystemExit(
            f"Mailroom patches LocalStack {accepted}, and this is {version}: run {accepted},"
            f" or set {VERSION_VARIABLE}={version} to try it without any promise."
        )
