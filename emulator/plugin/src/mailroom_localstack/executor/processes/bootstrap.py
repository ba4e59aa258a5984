"""What the interpreter of a function's runtime runs: it waits for its assignment, then obeys.

It is started by path, as a script, and loads what it needs of its neighbours by path too. The
assignment is one JSON object on standard input: ``variables``, ``task_root``, ``handler``,
``live``, ``writable``, ``debugger``. What awslambdaric imports of the standard library is imported
before, so that a process started ahead of need has only the rest to do when it gets one.
"""

import decimal  # noqa: F401
import http  # noqa: F401
import importlib
import importlib.util
import json
import logging  # noqa: F401
import os
import resource
import sys
import time
import traceback  # noqa: F401
from pathlib import Path
from types import ModuleType

OPEN_FILES_LIMIT = 1024
PORTABLE_CLIENT = Path(__file__).with_name("portable")
CONFINEMENT = Path(__file__).with_name("filesystem_sandbox.py")


def main() -> None:
    """Becomes the runtime of the function that standard input tells of."""
    confine = _load(CONFINEMENT).confine
    text = sys.stdin.buffer.read()
    if not text:
        return
    assignment = json.loads(text)
    _limit()
    os.environ.clear()
    os.environ.update(assignment["variables"])
    time.tzset()
    task_root = assignment["task_root"]
    os.chdir(task_root)
    sys.path.insert(0, task_root)
    sys.argv = [sys.argv[0], assignment["handler"]]
    sys.dont_write_bytecode = assignment["live"]
    if importlib.util.find_spec("runtime_client") is None:
        sys.path.append(str(PORTABLE_CLIENT))
    confine(assignment["writable"])
    if assignment["debugger"]:
        _await_debugger(**assignment["debugger"])

    importlib.import_module("awslambdaric.__main__").main(sys.argv)


def _load(path: Path) -> ModuleType:
    """Loads a module that the function can't import."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _await_debugger(folder: str, port: int, variables: dict[str, str]) -> None:
    """Waits until a debugger is there and has set its breakpoints.

    The function finds neither debugpy on its path nor debugpy's variables in its environment.
    """
    path, own = list(sys.path), dict(os.environ)
    sys.path.append(folder)
    os.environ.update(variables)
    debugpy = importlib.import_module("debugpy")
    debugpy.configure(subProcess=False)
    debugpy.connect(("127.0.0.1", port))
    sys.path[:] = path
    os.environ.clear()
    os.environ.update(own)
    debugpy.wait_for_client()


def _limit() -> None:
    """Sets Lambda's limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = OPEN_FILES_LIMIT if hard == resource.RLIM_INFINITY else min(OPEN_FILES_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
