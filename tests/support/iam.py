"""IAM of one stack: remove a statement, read what was denied."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ruamel.yaml import YAML

from mailroom.environments.environment import Environment
from mailroom.permissions.decisions import Decided, read_decisions
from mailroom.permissions.roles import Role, roles_of_stack
from mailroom.project import Project


class Iam:
    """The roles and the decisions of one stack."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._iam = environment.session.client("iam")

    @property
    def roles(self) -> dict[str, Role]:
        """The stack's roles by logical id."""
        found = roles_of_stack(self.environment.session, self.environment.stack)
        return {role.logical_id: role for role in found}

    @contextmanager
    def without(self, role: str, sid: str) -> Iterator[None]:
        """A role lacks a statement; at the end it has it again."""
        name = self.roles[role].arn.rpartition("/")[2]
        policies = {
            policy: self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in self._iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        [(policy, before)] = [
            (policy, document)
            for policy, document in policies.items()
            if any(one["Sid"] == sid for one in document["Statement"])
        ]
        left = [one for one in before["Statement"] if one["Sid"] != sid]
        assert len(left) == len(before["Statement"]) - 1

        def put(statements: list[Any]) -> None:
            document = json.dumps({**before, "Statement": statements})
            self._iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)

        try:
            # A policy can't be empty: this one allows nothing that anybody does.
            put(left or [{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}])
            yield
        finally:
            put(before["Statement"])

    def refused(self, role: str) -> list[Decided]:
        """What a role was refused so far."""
        arn = self.roles[role].arn
        decisions = read_decisions(self.environment.endpoint).decided
        return [one for one in decisions if one.principal == arn and one.refused]

    def undelivered(self, queue: str) -> int:
        """How often the stack's topic was not let into a queue."""
        topic = self.environment.outputs["MessagesTopicArn"]
        name = self.environment.outputs[f"{queue}Url"].rpartition("/")[2]
        return sum(
            count
            for one in read_decisions(self.environment.endpoint).decided
            if one.source == topic and one.refused
            for resource, count in one.resources.items()
            if resource.endswith(f":{name}")
        )

    def renew(self, function: str) -> None:
        """A function's next invocation has a new execution environment, with nothing cached."""
        functions = self.environment.session.client("lambda")
        name = self.environment.outputs[f"{function}FunctionName"]
        functions.update_function_configuration(FunctionName=name, Description=uuid.uuid4().hex)
        functions.get_waiter("function_updated_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 1}
        )

    def invoke(self, function: str) -> dict[str, Any]:
        """Invoke a function with an empty event; what it returned, or its error."""
        answer = self.environment.session.client("lambda").invoke(
            FunctionName=self.environment.outputs[f"{function}FunctionName"], Payload=b"{}"
        )
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result


def statements_of_template() -> list[tuple[str, str]]:
    """Every role of the template with the Sid of each statement that is always in it.

    Of the others there is one, for a secret with a KMS key of one's own: no local stack has it.
    """
    return [
        (role, statement["Sid"])
        for role, policy in _policies_of_roles()
        for statement in policy["PolicyDocument"]["Statement"]
        if "Sid" in statement
    ]


def _policies_of_roles() -> Iterator[tuple[str, Any]]:
    for name, resource in resources_of_template().items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Role":
            yield from ((name, policy) for policy in properties["Policies"])
        if resource["Type"] == "AWS::IAM::Policy":
            yield from ((role.value, properties) for role in properties["Roles"])


def resources_of_template() -> dict[str, Any]:
    """The template's resources, as its file has them."""
    resources: dict[str, Any] = YAML().load(Project.find().template)["Resources"]
    return resources
