"""Takes protections out, one by one, and shows that a fault test notices.

`python -m tests.faults.without`, with an environment that is up (MAILROOM_STATE): its functions
run from a copy of their code meanwhile; the checkout stays as it is.
"""

import subprocess
import sys
from dataclasses import dataclass

from mailroom.embedded.environment import EmbeddedEnvironment
from mailroom.project import Project
from tests.faults.code import altered


@dataclass(frozen=True)
class Protection:
    """A passage of a function's code, what is left when it is taken out, and who notices."""

    name: str
    test: str
    module: str
    passage: str
    without: str = ""
    function: str = "ProcessMessages"


PROTECTIONS = [
    Protection(
        "errors that pass are repeated",
        "test_database_faults.py::test_errors_that_pass",
        "process_messages/sqlstate.py",
        '_DATA = ("22", "23", "44", "54", "P0")',
        '_DATA = ("22", "23", "44", "54", "P0", "53", "XX", "40")',
    ),
    Protection(
        "a full disk passes",
        "test_full_disk.py::test_the_disk_is_full_until_somebody_makes_space",
        "process_messages/sqlstate.py",
        '_DATA = ("22", "23", "44", "54", "P0")',
        '_DATA = ("22", "23", "44", "54", "P0", "53")',
    ),
    Protection(
        "what fails for its data is found one by one",
        "test_database_faults.py::test_a_message_that_fails_in_the_database_only",
        "process_messages/ingestion.py",
        "outcomes.letters.append(letter(entry, Reason.UNSTORABLE, describe(error)))",
        "pass",
    ),
    Protection(
        "another content under the same id is not taken for a repeat",
        "test_delivery_faults.py::test_the_same_ids_come_with_other_content",
        "process_messages/ingestion.py",
        "if digests.get(entry.key) == entry.digest:",
        "if entry.key in digests:",
    ),
    Protection(
        "nothing is received while the database is known to be unreachable",
        "test_database_faults.py::test_no_connection_is_left",
        "process_messages/consumer.py",
        "            self._database.wait_until_ready(self._slot, finish_until)\n",
    ),
    Protection(
        "rotated credentials are read anew",
        "test_credential_faults.py::test_credentials_are_rotated_mid_flow",
        "process_messages/database.py",
        "            newest = self._newest_credentials()",
        "            newest = credentials",
    ),
    Protection(
        "a message is deleted after its commit, never before",
        "test_killed_functions.py::test_before_its_commit",
        "process_messages/consumer.py",
        "            processed = self._processor.process(",
        "            self._queue.delete(batch)\n            processed = self._processor.process(",
    ),
    Protection(
        "the inbox finds what is there already",
        "test_killed_functions.py::test_after_its_commit_and_before_it_deletes_the_messages",
        "process_messages/ingestion.py",
        "outcomes.done.append((entry, ALREADY_THERE))",
        'outcomes.letters.append(letter(entry, Reason.CONFLICTING_DUPLICATE, "there"))',
    ),
]


def main() -> int:
    """Try all, or those whose name holds a word that is given; 1 if a test noticed nothing."""
    project = Project.find()
    embedded = EmbeddedEnvironment(project)
    embedded.connect()
    unnoticed = 0
    for one in PROTECTIONS:
        if not all(word in one.name for word in sys.argv[1:]):
            continue
        with altered(embedded, one.function, one.module, one.passage, one.without):
            run = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "--stack",
                    "attach",
                    f"tests/faults/{one.test}",
                ],
                cwd=project.root,
                capture_output=True,
                text=True,
            )
        noticed = run.returncode == 1 and "AssertionError" in run.stdout
        unnoticed += not noticed
        print(f"{'noticed' if noticed else 'NOT NOTICED'}: without “{one.name}”", flush=True)
        if not noticed:
            print(run.stdout[-2000:])
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
