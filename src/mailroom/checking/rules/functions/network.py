"""Functions in a VPC."""

import ast
from collections.abc import Iterator

from mailroom.checking.code.modules import Module, reachable
from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.messaging.queues import FUNCTION

# What connects to something that may be in a VPC: databases, caches, HTTP, plain sockets.
_CONNECTING = {
    *("aiohttp", "asyncpg", "elasticsearch", "ftplib", "grpc", "http", "httpx", "ldap3"),
    *("mysql", "oracledb", "opensearchpy", "paramiko", "pg8000", "psycopg", "psycopg2"),
    *("pymemcache", "pymongo", "pymysql", "pyodbc", "redis", "requests", "smtplib", "socket"),
    *("sqlalchemy", "ssl", "telnetlib", "tortoise", "urllib.request", "urllib3", "valkey"),
}


@rule(
    whole,
    id="vpc-needless",
    severity=Severity.warning,
    title="a function in a VPC that connects to nothing there",
    why="from a VPC, AWS's services are reached through endpoints or a NAT, which cost by the hour",
    page="lambda/latest/dg/configuration-vpc.html",
    fix="leave out VpcConfig of a function that calls AWS's services only",
)
def vpc_needless(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.stacks:
        for function in stack.of_type(FUNCTION):
            handler = str(function.get("Handler")).rpartition(".")[0]
            modules = reachable(definitions.functions, handler)
            inside = function.get("VpcConfig", "SubnetIds") is not None
            if inside and modules and not any(map(_connects, modules)):
                yield Problem(function.at("VpcConfig"), f"{function.id} calls AWS's services only")


def _connects(module: Module) -> bool:
    names: set[str] = set()
    for node in _executed(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return bool((names | {name.partition(".")[0] for name in names}) & _CONNECTING)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree, without those that only type checkers see."""
    yield node
    if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
        for child in ast.iter_child_nodes(node):
            yield from _executed(child)
