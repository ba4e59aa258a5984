"""Roles, and users with access keys."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import PREFIX, new_name

type Statement = dict[str, Any]

_POLICY = "parity"
# Each service learns of a new key in its own time, and says so by one of these.
_KNOWN_BY = {
    "s3": "list_buckets",
    "secretsmanager": "list_secrets",
    "sns": "list_topics",
    "sqs": "list_queues",
    "stepfunctions": "list_state_machines",
    "sts": "get_caller_identity",
}
_UNKNOWN = ("InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException")


class Roles:
    """Makes roles and users."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack) -> None:
        self._endpoint = endpoint
        self._cleanup = cleanup
        self.iam = endpoint.client("iam")

    def make(self, service: str, *statements: Statement) -> str:
        """A role that a service may assume; its ARN.

        Args:
            service: `lambda` or `states`.
            statements: What it may do; nothing when there are none.
        """
        name = new_name()
        principal = {"Service": f"{service}.amazonaws.com"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
        self._cleanup.callback(self.iam.delete_role, RoleName=name)
        if statements:
            named = {"RoleName": name, "PolicyName": _POLICY}
            self.iam.put_role_policy(**named, PolicyDocument=document(*statements))
            self._cleanup.callback(self.iam.delete_role_policy, **named)
        return str(role["Role"]["Arn"])

    def make_user(self, *statements: Statement) -> "User":
        """A user whose access key is known already."""
        name = new_name()
        arn = self.iam.create_user(UserName=name)["User"]["Arn"]
        self._cleanup.callback(self.iam.delete_user, UserName=name)
        if statements:
            named = {"UserName": name, "PolicyName": _POLICY}
            self.iam.put_user_policy(**named, PolicyDocument=document(*statements))
            self._cleanup.callback(self.iam.delete_user_policy, **named)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        self._cleanup.callback(
            self.iam.delete_access_key, UserName=name, AccessKeyId=key["AccessKeyId"]
        )
        user = User(self._endpoint, key["AccessKeyId"], key["SecretAccessKey"], arn)
        self._endpoint.until_known(user.is_known)
        return user

    def settle(self, known: Callable[[], bool]) -> None:
        """Wait until what a policy allows is allowed: AWS takes some seconds."""
        self._endpoint.until(known, "the policy to be known")


class User:
    """A user who calls with a key.

    Args:
        endpoint: Where.
        key: The access key's id.
        secret: Its secret.
        arn: The user's ARN.
    """

    def __init__(self, endpoint: Endpoint, key: str, secret: str, arn: str = "") -> None:
        self._endpoint = endpoint
        self._secret = secret
        self.key = key
        self.arn = arn

    def is_known(self) -> bool:
        """Whether every service knows the key, whatever it then says."""
        calls = (getattr(self.client(service), call) for service, call in _KNOWN_BY.items())
        return not any(code_of(call) in _UNKNOWN for call in calls)

    def client(self, service: str) -> Any:
        """A client that signs as this user."""
        return self._endpoint.client(
            service,
            aws_access_key_id=self.key,
            aws_secret_access_key=self._secret,
        )


def document(*statements: Statement) -> str:
    """A policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str) -> Statement:
    """A statement that allows something."""
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def own(service: str, kind: str = "") -> str:
    """What of a service the tests have made, as a pattern of ARNs."""
    return f"arn:aws:{service}:*:*:{kind}{PREFIX}*"
