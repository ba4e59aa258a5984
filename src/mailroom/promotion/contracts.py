"""The contract of what is deployed, and releases that would break it."""

import json
from collections.abc import Collection

from mailroom.deployment.stack import Stack
from mailroom.errors import Refused
from mailroom.promotion.account import Account
from mailroom.promotion.release import Release, contract_key
from mailroom.types.comparison import Contract, compare
from mailroom.types.contracts import parse_contract


def deployed_contract(account: Account) -> Contract | None:
    """The contract of the release that an account's stack runs; None if it has none.

    There is none before the first deployment, and of a release without message types.

    Raises:
        Refused: It can't be read.
    """
    stack = Stack(account.session.client("cloudformation"), account.config.stack)
    deployed = stack.deployed()
    if deployed is None or "CodeKey" not in deployed.parameters:
        return None
    key = contract_key(deployed.parameters["CodeKey"])
    s3 = account.session.client("s3")
    try:
        body = s3.get_object(Bucket=account.bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return parse_contract(body.decode(), f"s3://{account.bucket}/{key}")


def require_compatible(account: Account, release: Release, confirmed: Collection[str]) -> None:
    """Check that a release breaks neither producers nor rows of what is deployed.

    Args:
        account: The account.
        release: The release.
        confirmed: The types that may break something.

    Raises:
        Refused: Another type does.
    """
    deployed = deployed_contract(account)
    if deployed is None:
        return
    changes = [one for one in compare(deployed, json.loads(release.contract)) if one.breaks]
    breaking = sorted({one.type for one in changes} - set(confirmed))
    if breaking:
        listed = "\n".join(str(one) for one in changes if one.type in breaking)
        options = " ".join(f"--breaking {name}" for name in breaking)
        raise Refused(
            f"message types would break what is deployed: {', '.join(breaking)}",
            f"{listed}\nconfirm each by its name: mailroom promote --env {account.config.name}"
            f" {options}",
        )
