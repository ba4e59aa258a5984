"""What a command imports decides how soon it answers."""

import subprocess
import sys

import pytest

# Modules of every command that looks, and what each of them would take as long again to import.
_LOOKING = {
    "mailroom.cli.app": ("boto3", "psycopg", "rich.markdown"),
    "mailroom.cli.daily.status": ("boto3", "psycopg"),
    "mailroom.environments.compose.environment": ("boto3", "psycopg"),
    "mailroom.environments.embedded.environment": ("boto3", "psycopg"),
    "mailroom.cli.daily.queues": ("psycopg",),
    "mailroom.cli.access.env": ("psycopg",),
    "mailroom.deployment.stack": ("psycopg",),
}


@pytest.mark.parametrize("module", _LOOKING)
def test_a_command_does_not_import_what_it_may_not_need(module: str) -> None:
    program = f"import sys, {module}; print(*(n for n in {_LOOKING[module]} if n in sys.modules))"

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (run.stdout.strip(), run.stderr) == ("", "")
