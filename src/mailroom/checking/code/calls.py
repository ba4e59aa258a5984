"""The calls to AWS that a function's code makes, read without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mailroom_rules.actions import SERVICES, actions_of

from mailroom.checking.code.modules import Module, reachable

# By the names that clients are made with. EventBridge's actions are called like its operations.
_SERVICES = {*SERVICES, "events"} - {"states"}
# Methods of a client that boto3 adds, and the operation that each calls.
_TRANSFERS = {
    "s3": {
        **dict.fromkeys(("download_file", "download_fileobj"), "GetObject"),
        **dict.fromkeys(("upload_file", "upload_fileobj"), "PutObject"),
    }
}


@dataclass(frozen=True)
class Call:
    """A call of a client's method.

    Attributes:
        action: The permission that it needs.
    """

    method: str
    action: str
    path: Path
    line: int


def calls_of(functions: Path, handler: str) -> list[Call]:
    """What a handler and all that it imports of the functions' own code call.

    A method counts when it has the name of one of a service's operations, and a client of
    that service is made somewhere within reach.
    """
    modules = reachable(functions, handler.rpartition(".")[0])
    clients = {service for module in modules for service in _clients(module.tree)}
    methods = {
        method: actions_of(service, operation)
        for service in sorted(clients)
        for method, operation in _methods(service).items()
    }
    return [call for module in modules for call in _calls(module, methods)]


@cache
def _methods(service: str) -> dict[str, str]:
    """The methods of a service's client, and the operation that each calls."""
    # Most of a second of imports, which code without a client does not need.
    from botocore import xform_name
    from botocore.session import Session

    operations = Session().get_service_model(service).operation_names
    return {xform_name(name): name for name in operations} | _TRANSFERS.get(service, {})


def _clients(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name and name.endswith("client") and node.args[0].value in _SERVICES:
                yield str(node.args[0].value)


def _calls(module: Module, methods: dict[str, list[str]]) -> Iterator[Call]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            method = node.func.attr
            for action in methods.get(method, ()):
                yield Call(method, action, module.path, node.lineno)
