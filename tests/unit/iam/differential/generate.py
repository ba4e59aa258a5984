"""Policies and requests for the differential test: random, and the same for the same seed."""

from random import Random
from typing import Any

from . import pools

type Json = dict[str, Any]


class Generator:
    """Draws pairs of a request and the policies that it meets."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def pair(self) -> Json:
        """One request with identity policies and, by chance, every other type."""
        action, resource, owner = self._random.choice(pools.TARGETS)
        pair: Json = {
            "principal": self._random.choice(pools.PRINCIPALS),
            "action": action,
            "resource": resource,
            "resource_account": owner,
            "context": self._context(),
        }
        has_identity = pair["principal"].startswith("arn:")
        count = self._random.choice((0, 1, 1, 2)) if has_identity else 0
        pair["identity"] = [self._policy(pair, resource_policy=False) for _ in range(count)]
        bounded = has_identity and self._random.random() < 0.35
        pair["boundary"] = self._policy(pair, resource_policy=False) if bounded else None
        in_session = "arn:aws:sts:" in pair["principal"] and self._random.random() < 0.25
        pair["session"] = self._policy(pair, resource_policy=False) if in_session else None
        guarded = self._random.random() < 0.6
        pair["resource_policy"] = self._policy(pair, resource_policy=True) if guarded else None
        return pair

    def _context(self) -> Json:
        chosen = self._random.sample(list(pools.CONTEXT), self._random.randint(2, 9))
        return {key: self._random.choice(pools.CONTEXT[key]) for key in chosen}

    def _policy(self, pair: Json, *, resource_policy: bool) -> Json:
        count = self._random.choice((1, 1, 2, 3))
        version = "2008-10-17" if self._random.random() < 0.02 else "2012-10-17"
        statements = [self._statement(pair, resource_policy) for _ in range(count)]
        return {"Version": version, "Statement": statements}

    def _statement(self, pair: Json, resource_policy: bool) -> Json:
        statement: Json = {"Effect": "Deny" if self._random.random() < 0.2 else "Allow"}
        if resource_policy:
            statement |= self._principal(pair["principal"], statement["Effect"])
        negated = self._random.random() < 0.12
        statement["NotAction" if negated else "Action"] = self._some(self._action, pair["action"])
        negated = self._random.random() < 0.12
        name = "NotResource" if negated else "Resource"
        statement[name] = self._some(self._resource, pair["resource"])
        conditions = self._random.choice((0, 0, 1, 1, 2))
        if conditions:
            statement["Condition"] = self._conditions(conditions)
        return statement

    def _some(self, draw: Any, near: str) -> str | list[str]:
        if self._random.random() < 0.5:
            drawn: str = draw(near)
            return drawn
        return [draw(near) for _ in range(self._random.randint(1, 3))]

    def _action(self, action: str) -> str:
        service, name = action.split(":")
        near = (
            *(action, action, action.lower(), action.upper()),
            *(f"{service}:*", f"{service}:{name[:4]}*", f"{service}:?{name[1:]}", "*"),
            *(f"{service}:*{name[-3:]}", f"{service}:{name[:2]}*{name[4:]}"),
        )
        return self._random.choice(near if self._random.random() < 0.75 else pools.ACTIONS)

    def _resource(self, resource: str) -> str:
        if self._random.random() < 0.2:
            return self._random.choice(pools.RESOURCES)
        parts = resource.split(":", 5)
        if len(parts) < 6:
            return "*"
        typed, last = pools.split_type(resource)
        whole = ":".join(parts[:5])
        variable = f"{typed}${{aws:username}}" if typed or last.count("/") else last
        default = f"{last[:2]}${{aws:PrincipalTag/rest, '{last[2:]}'}}"
        near = (
            *(resource, resource, "*", f"{whole}:*"),
            ":".join((*parts[:3], "*", "*", parts[5])),
            f"{whole}:{typed}{last[:3]}*{last[-2:]}",
            f"{whole}:{typed}?{last[1:]}",
            f"{whole}:{typed}{last[:-1]}?",
            f"{whole}:{typed}*{last[2:]}*",
            ":".join((*parts[:4], f"{parts[4][:4]}*" if parts[4] else "", parts[5])),
            f"{whole}:{variable}",
            f"{whole}:{typed}{default if typed or self._random.random() < 0.1 else last}",
            f"{resource}${{*}}",
            ":".join((*parts[:3], "*")),
        )
        if self._random.random() < 0.02:
            return f"{whole}:?{parts[5][1:]}"
        return self._random.choice(near)

    def _principal(self, principal: str, effect: str) -> Json:
        element = "NotPrincipal" if self._random.random() < 0.08 else "Principal"
        if element == "NotPrincipal" and effect == "Allow":
            element = "Principal"
        if self._random.random() < 0.2 and element == "Principal":
            return {"Principal": self._random.choice(("*", {"AWS": "*"}))}
        if not principal.startswith("arn:"):
            services = [self._random.choice((*pools.SERVICES, principal)) for _ in range(2)]
            return {element: {"Service": services}}
        names = pools.ways_to_name(principal) if self._random.random() < 0.8 else pools.NAMES
        count = self._random.randint(1, min(3, len(names)))
        if element == "NotPrincipal" and self._random.random() < 0.7:
            count = len(names)
        return {element: {"AWS": self._random.sample(names, count)}}

    def _conditions(self, count: int) -> Json:
        conditions: Json = {}
        for _ in range(count):
            family, keys, values = self._random.choice(pools.CONDITIONS)
            operator = self._random.choice(family)
            if operator != "Null":
                quantifier = self._random.choice(("", "", "", "ForAllValues:", "ForAnyValue:"))
                suffix = "IfExists" if self._random.random() < 0.15 else ""
                operator = f"{quantifier}{operator}{suffix}"
            key = self._random.choice(keys)
            key = key.upper() if self._random.random() < 0.1 else key
            drawn = [self._random.choice(values) for _ in range(self._random.choice((1, 1, 2, 3)))]
            conditions.setdefault(operator, {})[key] = drawn[0] if len(drawn) == 1 else drawn
        return conditions
