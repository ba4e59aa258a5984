"""The script that a runtime's interpreter runs: it waits for its assignment, then runs a function.

It is started by its path, and loads the modules beside it by their paths. The assignment is one
JSON object on standard input: ``variables``, ``task_root``, ``handler``, ``live``, ``writable``,
``debugger``, ``paths`` (after the task root on the path) and ``program`` (what the process becomes
for a runtime that isn't Python). Modules of the standard library that awslambdaric needs are
imported before, so that a process of the pool has only the rest to import.
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
SANDBOX = Path(__file__).with_name("filesystem_sandbox.py")


def main() -> None:
    """Become the runtime of the function that standard input names."""
    restrict_writes = _load(SANDBOX).restrict_writes
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
    sys.path[:0] = [task_root, *assignment["paths"]]
    sys.argv = [sys.argv[0], assignment["handler"]]
    sys.dont_write_bytecode = assignment["live"]
    if importlib.util.find_spec("runtime_client") is None:
        sys.path.append(str(PORTABLE_CLIENT))
    restrict_writes(assignment["writable"])
    if program := assignment["program"]:
        os.execve(program[0], program, os.environ)
    if assignment["debugger"]:
        _await_debugger(**assignment["debugger"])

    importlib.import_module("awslambdaric.__main__").main(sys.argv)


def _load(path: Path) -> ModuleType:
    """Load a module that the function can't import."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _await_debugger(folder: str, port: int, variables: dict[str, str]) -> None:
    """Wait until a debugger is attached and has set its breakpoints.

    debugpy is then no longer on the path, nor are its variables in the environment.
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
    """Set Lambda's limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = OPEN_FILES_LIMIT if hard == resource.RLIM_INFINITY else min(OPEN_FILES_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o022)  # LocalStack's own is 077.


if __name__ == "__main__":
    main()
