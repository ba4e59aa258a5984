"""What `make install` does so that the first `up` need not."""

from contextlib import suppress

from rich.console import Console

from mailroom.application.mailroom_toml import local_config
from mailroom.deployment.checks import DefinitionChecks
from mailroom.environments.table_trial import require_tables
from mailroom.errors import MailroomError
from mailroom.packaging.code import live_code
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.types.described import read_types


def main() -> None:
    """Install the functions' dependencies, and check the types, the tables and the definitions.

    What is wrong is for `up` to say.
    """
    project = Project.find()
    region = local_config(project).region
    with suppress(MailroomError), DefinitionChecks(project, region) as checks:
        checks.start()
        live_code(project)
        read_types(project)
        require_tables(project)
        checks.finish(Progress(Console(quiet=True)))


if __name__ == "__main__":
    main()
