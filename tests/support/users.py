"""IAM users of a test's own, with clients that call as they do."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from mailroom.environments.environment import Environment

SIGNATURE_4 = Config(signature_version="s3v4", proxies={}, retries={"max_attempts": 0})


class User:
    """An IAM user with an access key and one policy.

    Args:
        statements: What the policy says.
    """

    def __init__(self, environment: Environment, statements: list[dict[str, Any]]) -> None:
        self.environment = environment
        self.name = f"test-{uuid.uuid4().hex[:8]}"
        self._iam = environment.session.client("iam")
        self._iam.create_user(UserName=self.name)
        self.key = self._iam.create_access_key(UserName=self.name)["AccessKey"]
        self.allow(*statements)

    def allow(self, *statements: dict[str, Any]) -> None:
        """Have a policy that says this, and nothing of what it said before."""
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self._iam.put_user_policy(UserName=self.name, PolicyName="test", PolicyDocument=document)

    def client(self, service: Any, **credentials: str) -> Any:
        """A client that signs as the user; `credentials` replace the user's own."""
        own = {
            "aws_access_key_id": self.key["AccessKeyId"],
            "aws_secret_access_key": self.key["SecretAccessKey"],
        }
        return boto3.client(
            service,
            endpoint_url=self.environment.endpoint,
            region_name=self.environment.session.region_name,
            config=SIGNATURE_4
            if service == "s3"
            else SIGNATURE_4.merge(Config(signature_version="v4")),
            **{**own, **credentials},
        )

    def delete(self) -> None:
        """Be gone."""
        self._iam.delete_user_policy(UserName=self.name, PolicyName="test")
        self._iam.delete_access_key(UserName=self.name, AccessKeyId=self.key["AccessKeyId"])
        self._iam.delete_user(UserName=self.name)


@contextmanager
def user(environment: Environment, *statements: dict[str, Any]) -> Iterator[User]:
    """A user who is there until the end."""
    someone = User(environment, list(statements) or [NOTHING])
    try:
        yield someone
    finally:
        someone.delete()


NOTHING = {"Effect": "Deny", "Action": "sts:GetAccessKeyInfo", "Resource": "*"}
