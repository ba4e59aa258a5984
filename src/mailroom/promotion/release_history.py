"""The log of promotions: an object for each, in the artifact bucket; none is ever changed."""

import getpass
import json
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailroom.deployment.stack import Deployed
from mailroom.errors import MailroomError, Refused
from mailroom.promotion.account import Account

_SUCCESSES = ("promoted", "rolled back")


@dataclass(frozen=True)
class Promotion:
    """One entry.

    Attributes:
        id: Its name; names sort by time.
        action: `promote` or `rollback`.
        hash: The release's hash.
        template_key: Key of its template in the bucket.
        parameters: Template parameters; they name the artifact.
        at: When it ended, ISO 8601.
        by: ARN of the caller.
        source: User, machine and commit.
        result: `promoted`, `rolled back`, or `failed`.
        reason: Why it failed; empty otherwise.
    """

    id: str
    action: str
    hash: str
    template_key: str
    parameters: dict[str, str]
    at: str
    by: str
    source: str
    result: str
    reason: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the stack has had this release since."""
        return self.result in _SUCCESSES


def record(
    account: Account,
    root: Path,
    release_hash: str,
    template_key: str,
    parameters: dict[str, str],
    *,
    action: str,
    result: str,
    reason: str = "",
) -> Promotion:
    """Write an entry."""
    now = datetime.now(UTC)
    entry = Promotion(
        id=f"{now:%Y%m%dT%H%M%S%f}-{release_hash[:12]}",
        action=action,
        hash=release_hash,
        template_key=template_key,
        parameters=parameters,
        at=now.isoformat(timespec="seconds"),
        by=account.caller,
        source=f"{getpass.getuser()}@{platform.node()}, {_commit(root)}",
        result=result,
        reason=reason,
    )
    account.session.client("s3").put_object(
        Bucket=account.bucket,
        Key=f"{_prefix(account)}{entry.id}.json",
        Body=json.dumps(asdict(entry), indent=2).encode(),
        ContentType="application/json",
    )
    return entry


def promotions(account: Account) -> list[Promotion]:
    """All entries of the account's stack, the oldest first."""
    s3 = account.session.client("s3")
    entries = (
        s3.get_object(Bucket=account.bucket, Key=key)["Body"].read() for key in _keys(account)
    )
    return [Promotion(**json.loads(entry)) for entry in entries]


def earlier(account: Account, prefix: str | None, running: Deployed | None) -> Promotion:
    """The entry to roll back to.

    Args:
        account: The account.
        prefix: Beginning of an entry's id or of a release's hash; None for the newest release
            other than the one that runs.
        running: What the stack was deployed from.

    Raises:
        Refused: No release matches, or several do.
    """
    good = [one for one in reversed(promotions(account)) if one.succeeded]
    if prefix:
        found = [one for one in good if one.id.startswith(prefix) or one.hash.startswith(prefix)]
    else:
        keys = running.parameters.get("CodeKey") if running else None
        found = [one for one in good if not _runs(one, keys, account, running)][:1]
    if len({one.hash for one in found}) != 1:
        fault = "several releases match" if found else "there is no earlier release"
        raise Refused(
            f"{fault}{f' {prefix!r}' if prefix else ''}",
            f"see: mailroom promotions --env {account.config.name}",
        )
    return found[0]


def template_of(account: Account, entry: Promotion) -> str:
    """The template that an entry was deployed with.

    Raises:
        MailroomError: It has expired.
    """
    s3 = account.session.client("s3")
    try:
        body = s3.get_object(Bucket=account.bucket, Key=entry.template_key)["Body"]
        s3.head_object(Bucket=account.bucket, Key=entry.parameters["CodeKey"])
    except s3.exceptions.ClientError as error:
        if error.response["Error"].get("Code") not in ("NoSuchKey", "404"):
            raise
        raise MailroomError(f"release {entry.hash[:12]} has expired from the bucket") from error
    return body.read().decode()


def _runs(entry: Promotion, code: str | None, account: Account, running: Deployed | None) -> bool:
    if not running or entry.parameters.get("CodeKey") != code:
        return False
    return template_of(account, entry) == running.template


def _prefix(account: Account) -> str:
    return f"promotions/{account.config.stack}/"


def _keys(account: Account) -> Iterator[str]:
    pages: Any = account.session.client("s3").get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=account.bucket, Prefix=_prefix(account)):
        yield from sorted(entry["Key"] for entry in page.get("Contents", []))


def _commit(root: Path) -> str:
    try:
        run = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40"],
            cwd=root,
            capture_output=True,
            text=True,
        )
    except OSError:
        return "no commit known"
    return f"commit {run.stdout.strip()}" if run.returncode == 0 else "no commit known"
