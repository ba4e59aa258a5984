"""The `mailroom` command."""

from mailroom.cli.app import main

__all__ = ["main"]
