"""The migrations that were applied and those that there are, and the database emptied for both."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from mailroom.cli.aws.reporting import TerminalReporter
from mailroom.cli.output import errors
from mailroom.database.migration import migrate_database
from mailroom.database.owner import owner_secret
from mailroom.deployment.environment_config import load_environment_config
from mailroom.deployment.stack import Stack
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.packaging.dependencies import host_architecture
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.promotion.account import Account
from mailroom.promotion.promoter import Promoter, PromotionFailed
from mailroom.promotion.release import build_release
from tests.support.command import Command
from tests.support.events import alert

MIGRATIONS = len(list((Project.find().root / "infra" / "migrations").glob("*.sql")))
EDITED = "MigrationDrift: migration 0002.settlements was edited after it was applied"
REMOVED = "MigrationDrift: migration 0005.batch-progress was applied and is gone"
ADVICE = "restore it, and put what is to change into a new migration"


@pytest.fixture(scope="module")
def mailroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command, with its environment up, in a checkout whose infra/ may be changed."""
    here, checkout = Project.find().root, tmp_path_factory.mktemp("checkout")
    for shared in (".envs", "functions", "samples"):
        (checkout / shared).symlink_to(here / shared)
    shutil.copytree(here / "infra", checkout / "infra")
    mailroom = Command(checkout, tmp_path_factory.mktemp("state"), free_port())
    try:
        mailroom.run("up")
        yield mailroom
    finally:
        mailroom.run("reset", "--yes")


@pytest.fixture
def environment(mailroom: Command) -> Environment:
    return connect(Project(mailroom.checkout, mailroom.state))


@pytest.fixture
def migrations(mailroom: Command) -> Iterator[Path]:
    """Folder of the migrations; at the end they are as they were, and the database too."""
    folder = mailroom.checkout / "infra" / "migrations"
    original = Project.find().migrations
    yield folder
    shutil.rmtree(folder)
    shutil.copytree(original, folder)
    mailroom.run("database", "reset", "--yes")


def edit(folder: Path) -> None:
    file = folder / "0002.settlements.sql"
    file.write_text(f"{file.read_text()}\nALTER TABLE settlements ADD COLUMN more text;\n")


def test_an_edited_migration_that_was_applied_is_an_error_that_says_how_to_go_on(
    mailroom: Command, migrations: Path
) -> None:
    edit(migrations)

    failed = mailroom.run("up", code=1).stderr
    sent = mailroom.send([alert()])

    assert f"{EDITED}: {ADVICE}" in failed
    assert "mailroom database reset" in failed
    assert sent["alert"]["ingested"] == 1


def test_a_removed_migration_that_was_applied_is_an_error_that_names_it(
    mailroom: Command, migrations: Path
) -> None:
    (migrations / "0005.batch-progress.sql").unlink()
    edit(migrations)

    failed = mailroom.run("up", code=1).stderr

    names = REMOVED.removeprefix("MigrationDrift: ")
    assert f"{EDITED}; {names}: {ADVICE}" in failed


def test_nothing_is_applied_beside_a_migration_that_was_edited(
    mailroom: Command, environment: Environment, migrations: Path
) -> None:
    edit(migrations)
    (migrations / "0006.more.sql").write_text("CREATE TABLE more ();")

    mailroom.run("up", code=1)

    with psycopg.connect(environment.database) as database:
        assert database.execute("SELECT to_regclass('more')").fetchone() == (None,)


def test_other_line_ends_are_no_edit(mailroom: Command, migrations: Path) -> None:
    file = migrations / "0002.settlements.sql"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert "nothing to migrate" in mailroom.run("up").stderr


def test_an_earlier_release_that_is_brought_back_may_lack_later_migrations(
    environment: Environment, migrations: Path
) -> None:
    (migrations / "0005.batch-progress.sql").unlink()

    assert migrate_database(environment, rollback=True) == "nothing to migrate"


def test_a_promotion_that_meets_an_edited_migration_says_so_and_goes_back(
    mailroom: Command, environment: Environment, migrations: Path
) -> None:
    edit(migrations)
    project = Project(mailroom.checkout, mailroom.state)
    config = load_environment_config(mailroom.checkout / "infra" / "environments", "local")
    stack = Stack(environment.session.client("cloudformation"), config.stack)
    deployed = stack.deployed()
    assert deployed
    config = replace(config, parameters=deployed.parameters, bucket="promoted")
    account = Account(config, environment.session, config.account or "", "a test")
    environment.session.client("s3").create_bucket(Bucket="promoted")
    release = build_release(project, host_architecture())
    promoter = Promoter(project, account, TerminalReporter(yes=True), Progress(errors))

    with pytest.raises(PromotionFailed) as failed:
        promoter.promote(release)

    assert f"was not promoted: the database was not migrated: {EDITED}: {ADVICE}" in str(
        failed.value
    )
    assert "database reset" not in f"{failed.value} {failed.value.hint}"
    assert "what was deployed before is back" in failed.value.hint
    assert stack.deployed() == deployed


def test_a_database_of_before_gets_its_digests_at_the_first_migration_which_says_so(
    mailroom: Command, environment: Environment, migrations: Path
) -> None:
    with psycopg.connect(environment.database) as database:
        database.execute("DROP TABLE migration_digests")

    first, second = mailroom.run("up").stderr, mailroom.run("up").stderr
    edit(migrations)
    failed = mailroom.run("up", code=1).stderr

    recorded = f"Database: nothing to migrate, {MIGRATIONS} digests of earlier ones recorded"
    assert recorded in first
    assert "Database: nothing to migrate (" in second
    assert EDITED in failed


def test_what_a_migration_sets_for_its_session_ends_with_it(
    mailroom: Command, environment: Environment, migrations: Path
) -> None:
    (migrations / "0005.sets.sql").write_text("SET lock_timeout = '1s';")
    (migrations / "0006.sees.sql").write_text(
        "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock_timeout;"
    )

    assert "Database: 2 migrations" in mailroom.run("up").stderr

    with psycopg.connect(environment.database) as database:
        assert database.execute("SELECT lock_timeout FROM seen").fetchall() == [("0",)]


def test_reset_empties_the_database_alone_and_migrates_it_again(
    mailroom: Command, environment: Environment, migrations: Path
) -> None:
    before = mailroom.json("status")
    mailroom.send([alert()])
    sqs, queue = environment.session.client("sqs"), environment.outputs["UnroutedQueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="stays")
    edit(migrations)

    reset = mailroom.run("database", "reset", "--yes").stderr

    assert f"Database: {MIGRATIONS} migrations" in reset
    assert mailroom.json("status") == before
    assert mailroom.json("messages") == []
    assert {one["name"]: one["depth"] for one in mailroom.json("queues")}["UnroutedQueue"] == 1
    assert mailroom.send([alert()])["alert"]["ingested"] == 1
    assert "nothing to migrate" in mailroom.run("up").stderr


def test_reset_of_what_is_down_is_completed_by_the_next_up(mailroom: Command) -> None:
    event = alert()
    mailroom.send([event])
    mailroom.run("down")

    reset = mailroom.run("database", "reset", "--yes").stderr
    up = mailroom.run("up").stderr

    assert "the next mailroom up migrates it" in reset
    assert f"Database: {MIGRATIONS} migrations" in up
    assert mailroom.json("messages") == []


def test_reset_without_a_terminal_to_ask_on_deletes_nothing(mailroom: Command) -> None:
    event = alert()
    mailroom.send([event])

    refused = mailroom.run("database", "reset", code=2).stderr

    assert "--yes" in refused
    assert event["id"] in {message["id"] for message in mailroom.json("messages")}


def test_reset_refuses_every_environment_but_the_local_one(mailroom: Command) -> None:
    refused = mailroom.run("database", "reset", "--env", "prod", "--yes", code=2).stderr

    assert "the database of prod is never emptied" in refused
    assert "new migration" in refused


def test_reset_refuses_when_the_functions_use_another_database(
    mailroom: Command, environment: Environment
) -> None:
    own = owner_secret(environment.session)
    assert own
    event = alert()
    mailroom.send([event])
    secrets = environment.session.client("secretsmanager")
    other = secrets.create_secret(Name="other", SecretString=json.dumps(own.credentials))["ARN"]

    try:
        mailroom.run("up", "--parameter", f"DatabaseSecretArn={other}")
        refused = mailroom.run("database", "reset", "--yes", code=2).stderr
    finally:
        mailroom.run("up")
        secrets.delete_secret(SecretId=other, ForceDeleteWithoutRecovery=True)

    assert "another database" in refused
    assert other in refused
    assert event["id"] in {message["id"] for message in mailroom.json("messages")}
