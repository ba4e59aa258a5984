"""Finds what would end a transaction: in SQL, and in the source of a type's action."""

import ast
import re
from collections.abc import Iterator

# What ends a transaction, at the beginning of a statement; ROLLBACK TO a savepoint does not. In a
# transaction Postgres lets no function, procedure or DO block do so.
_ENDS = r"COMMIT|END|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+((WORK|TRANSACTION)\s+)?TO\b)"
# In an open transaction Postgres takes these with a warning alone: the author expects one to begin.
_BEGINS = r"BEGIN|START\s+TRANSACTION"
_ENDS_SQL, _CONTROLS_SQL = (
    re.compile(rf"(?:^|;)\s*({words})\b", re.IGNORECASE) for words in (_ENDS, f"{_ENDS}|{_BEGINS}")
)
_NO_STATEMENTS = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\1\$""", re.DOTALL
)
_EXECUTES = {"execute", "executemany", "stream", "copy"}
_FORBIDDEN = {"commit", "rollback"}


def ends_transaction(statements: str) -> str | None:
    """Return the first words by which SQL would end the transaction, or None."""
    return _first(_ENDS_SQL, statements)


def controlled_in(source: str) -> Iterator[tuple[int, str]]:
    """Find calls that would begin or end the transaction that an action is given.

    These are `commit()`, `rollback()` and `with` of the connection, under each name that it has
    in a function, and COMMIT, ROLLBACK or BEGIN in a text that is executed. What is put together
    at run time isn't found.

    Args:
        source: The text of a Python file that can be parsed.

    Yields:
        The line, from 1, and what stands there.
    """
    module = ast.parse(source)
    texts = _texts(module)
    for function in _functions(module):
        connections = _connections(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                method, of = node.func.attr, node.func.value
                if method in _FORBIDDEN and _is_connection(of, connections):
                    yield node.lineno, f"{method}()"
                executed = node.args[0] if method in _EXECUTES and node.args else None
                if executed and (found := _first(_CONTROLS_SQL, _text(executed, texts))):
                    yield executed.lineno, found.upper()
            elif isinstance(node, ast.With):
                for item in node.items:
                    if _is_connection(item.context_expr, connections):
                        yield node.lineno, f"with {ast.unparse(item.context_expr)}"


def _first(pattern: re.Pattern[str], statements: str) -> str | None:
    found = pattern.search(_NO_STATEMENTS.sub(" ", statements))
    return found[1] if found else None


def _functions(module: ast.Module) -> list[ast.FunctionDef]:
    """The outermost functions; those within them see their names."""
    classes = [one for one in module.body if isinstance(one, ast.ClassDef)]
    bodies = [module.body, *(one.body for one in classes)]
    return [one for body in bodies for one in body if isinstance(one, ast.FunctionDef)]


def _connections(function: ast.FunctionDef) -> set[str]:
    """The names that the connection has in a function."""
    found = {
        one.arg
        for one in function.args.args
        if one.annotation and "Transaction" in ast.unparse(one.annotation)
    }
    if function.name == "act" and function.args.args:
        found.add(function.args.args[0].arg)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _is_connection(node.value, found):
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return found


def _is_connection(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    # A cursor's `connection` is that of the action.
    return isinstance(node, ast.Attribute) and node.attr == "connection"


def _texts(module: ast.Module) -> dict[str, str]:
    """The texts that have a name anywhere in a module."""
    return {
        target.id: _text(node.value, {})
        for node in ast.walk(module)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _text(node: ast.expr, named: dict[str, str]) -> str:
    """What is known of a text before it runs; for the rest there is a question mark."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(text)):
            return text.decode(errors="replace")
        case ast.JoinedStr(values=parts):
            return "".join(_text(part, named) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, named) + _text(right, named)
        case ast.Name(id=name):
            return named.get(name, "?")
        case ast.Call(func=ast.Name(id="SQL") | ast.Attribute(attr="SQL"), args=[first, *_]):
            return _text(first, named)
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return _text(value, named)
    return "?"
