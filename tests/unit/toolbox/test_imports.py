"""What a command imports decides how soon it answers."""

import subprocess
import sys

import pytest

# Modules of every command that looks, and what each of them would take as long again to import.
_LOOKING = {
    "mailroom.cli": ("typer",),
    "mailroom.cli.app": ("botocore", "psycopg", "rich.markdown"),
    "mailroom.cli.daily.status": ("botocore", "psycopg"),
    "mailroom.environments.compose.environment": ("botocore", "psycopg", "urllib.request"),
    "mailroom.environments.embedded.environment": ("botocore", "psycopg", "urllib.request"),
    "mailroom.aws.sessions": ("boto3", "psycopg"),
    "mailroom.aws.error_translation": ("boto3", "psycopg"),
    "mailroom.cli.daily.queues": ("psycopg",),
    "mailroom.cli.access.env": ("psycopg",),
    "mailroom.deployment.stack": ("boto3", "psycopg"),
}


@pytest.mark.parametrize("module", _LOOKING)
def test_a_command_does_not_import_what_it_may_not_need(module: str) -> None:
    program = f"import sys, {module}; print(*(n for n in {_LOOKING[module]} if n in sys.modules))"

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (run.stdout.strip(), run.stderr) == ("", "")


_WITHOUT_PYDANTIC = """
import sys
from mailroom.cli import main

sys.argv = ["mailroom", *sys.argv[1:]]
try:
    main()
finally:
    print("pydantic" if "pydantic" in sys.modules else "", file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("words", "imported"),
    [
        (["types", "schema", "alert"], ""),
        (["cache", "prune", "--dry-run"], ""),
        # A number is converted.
        (["messages", "--limit", "0"], "pydantic"),
    ],
    ids=" ".join,
)
def test_pydantic_is_imported_only_for_a_value_that_is_converted(
    words: list[str], imported: str
) -> None:
    program = [sys.executable, "-c", _WITHOUT_PYDANTIC, *words]

    run = subprocess.run(program, capture_output=True, text=True)

    assert run.stderr.splitlines()[-1] == imported
