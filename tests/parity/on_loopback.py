"""Runs a module of LocalStack that listens on 127.0.0.1: without our plugin it listens everywhere.

Run by an interpreter that has LocalStack, with the module's name as argument.
"""

import runpy
import sys

from twisted.internet import endpoints  # type: ignore[import-not-found]

# The last two defaults are `backlog` and `interface`.
endpoints.TCP4ServerEndpoint.__init__.__defaults__ = (50, "127.0.0.1")
runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
