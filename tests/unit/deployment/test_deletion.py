"""What must not be deleted by accident, at botocore's edge: there is no emulator of RDS."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import boto3
import pytest

from mailroom.deployment.environment_config import EnvironmentConfig
from mailroom.deployment.stack import Deployed, Stack
from mailroom.errors import Refused
from mailroom.promotion.account import Account
from mailroom.promotion.deletion import delete_stack, require_unprotected
from mailroom.promotion.deploying import change_stack
from tests.support.stubs import StrictStubber

_STACK = "mailroom-prod-database"


class _Session(boto3.Session):
    """Hands out the same clients again, so that their answers can be stubbed."""

    def __init__(self) -> None:
        super().__init__("x", "x", region_name="eu-west-3")
        self._clients: dict[str, Any] = {}

    def client(self, service_name: Any, *args: Any, **options: Any) -> Any:
        if service_name not in self._clients:
            self._clients[service_name] = super().client(service_name)
        return self._clients[service_name]


@pytest.fixture
def account() -> Account:
    return Account(
        EnvironmentConfig("prod", "eu-west-3", "mailroom-prod"), _Session(), "111122223333", "arn"
    )


@pytest.fixture
def cloudformation(account: Account) -> Iterator[StrictStubber]:
    with StrictStubber(account.session.client("cloudformation")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def rds(account: Account) -> Iterator[StrictStubber]:
    client: Any = account.session.client("rds")
    with StrictStubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def _consists_of(cloudformation: StrictStubber, **types: str) -> None:
    resources = [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": f"{name.lower()}-1",
            "ResourceType": kind,
            "LastUpdatedTimestamp": "2026-11-25T00:00:00Z",
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for name, kind in types.items()
    ]
    cloudformation.add_response(
        "list_stack_resources", {"StackResourceSummaries": resources}, {"StackName": _STACK}
    )


def _is_protected(rds: StrictStubber, protected: bool) -> None:
    rds.add_response(
        "describe_db_clusters",
        {"DBClusters": [{"DeletionProtection": protected}]},
        {"DBClusterIdentifier": "cluster-1"},
    )


def test_a_protected_database_is_refused_before_anything_of_it_is_deleted(
    account: Account, cloudformation: StrictStubber, rds: StrictStubber
) -> None:
    _consists_of(cloudformation, Vpc="AWS::EC2::VPC", Cluster="AWS::RDS::DBCluster")
    _is_protected(rds, True)

    with pytest.raises(Refused, match="cluster-1 is protected") as refusal:
        require_unprotected(account, _STACK)

    assert refusal.value.exit_code == 2
    assert "--no-deletion-protection" in refusal.value.hint


def test_a_database_that_is_not_protected_may_be_deleted(
    account: Account, cloudformation: StrictStubber, rds: StrictStubber
) -> None:
    _consists_of(cloudformation, Cluster="AWS::RDS::DBCluster")
    _is_protected(rds, False)

    require_unprotected(account, _STACK)


def test_a_database_that_is_not_there_asks_nothing_of_rds(
    account: Account, cloudformation: StrictStubber, rds: StrictStubber
) -> None:
    cloudformation.add_client_error(
        "list_stack_resources", "ValidationError", f"Stack with id {_STACK} does not exist"
    )

    require_unprotected(account, _STACK)


class _Silent:
    """A reporter that says nothing and agrees."""

    def notice(self, text: str) -> None: ...

    def resource(self, event: object) -> None: ...

    def changes(self, stack: str, changes: object) -> None: ...

    def waiting_for(self, what: str) -> AbstractContextManager[object]:
        return nullcontext()

    def confirm(self, question: str) -> bool:
        return True


def _stands(cloudformation: StrictStubber, *, protected: bool) -> None:
    stack = {
        "StackName": _STACK,
        "StackStatus": "UPDATE_COMPLETE",
        "CreationTime": "2026-11-25T00:00:00Z",
        "EnableTerminationProtection": protected,
    }
    cloudformation.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": _STACK})


def test_a_protected_stack_is_refused_before_its_buckets_are_emptied(
    account: Account, cloudformation: StrictStubber
) -> None:
    _stands(cloudformation, protected=True)

    with pytest.raises(Refused, match="is protected") as refusal:
        delete_stack(account, _STACK, _Silent())

    assert "--no-enable-termination-protection" in refusal.value.hint


@pytest.mark.parametrize(
    ("stage", "said", "protects"),
    [
        ("prod", None, True),
        ("dev", None, False),
        ("dev", True, True),
        ("prod", False, False),
    ],
)
def test_prods_stacks_are_protected_once_they_are_as_they_should_be(
    account: Account,
    cloudformation: StrictStubber,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    said: bool | None,
    protects: bool,
) -> None:
    account = account.with_parameters({"Stage": stage})
    account = replace(account, config=replace(account.config, termination_protection=said))
    monkeypatch.setattr(Stack, "plan", lambda *_: None)
    if protects:
        cloudformation.add_response(
            "update_termination_protection",
            {"StackId": _STACK},
            {"StackName": _STACK, "EnableTerminationProtection": True},
        )
    _stands(cloudformation, protected=protects)

    change_stack(account, _STACK, Deployed("{}", {}, {}), _Silent())
