"""IAM as far as our roles use it: Allow, Deny, resources, leading keys, principal tags (IAM User Guide,
"Policy evaluation logic" and "Multivalued context keys").

Anything else in a policy is refused aloud: what is not understood must not pass for allowed.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.package import ROOT
from infra.template import resolve, resources
from infra.template_rules import TAGGED_ROLES

TABLE, FILES, MAILBOX, AUDIT = "arn:table", "arn:files", "arn:mailbox", "arn:audit"
_ARNS = {"Table": TABLE, "FilesBucket": FILES, "MailboxBucket": MAILBOX, "AuditBucket": AUDIT}
_VARIABLE = re.compile(r"\$\{aws:PrincipalTag/(\w+)\}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that a call asks leave for; `keys`: the partitions it names, or the prefix it lists."""

    action: str
    resource: str
    keys: tuple[str, ...] = ()

    @property
    def owners(self) -> set[str]:
        """Whose it is: practices, `sys`."""
        named = self.keys or tuple(self.resource.split("/")[1:2])
        return {re.split("[#/]", key)[0] for key in named}


Tags = Mapping[str, str]


def allowed(role: str, tags: Tags, asked: Iterable[Wanted]) -> bool:
    """Whether a role, in a session with these tags, may do all of what is asked."""
    statements = _statements(role)

    def among(effect: str, wanted: Wanted) -> bool:
        return any(each["Effect"] == effect and _covers(each, tags, wanted) for each in statements)

    return all(among("Allow", wanted) and not among("Deny", wanted) for wanted in asked)


def asked_by(service: str, operation: str, params: dict[str, Any]) -> list[Wanted]:
    """What a call asks leave for; DynamoDB asks for each item of a transaction by itself."""
    return list((_of_table if service == "dynamodb" else _of_bucket)(operation, params))


def _of_table(operation: str, params: dict[str, Any]) -> Iterator[Wanted]:
    match operation:
        case "BatchGetItem":
            keys = [key for of in params["RequestItems"].values() for key in of["Keys"]]
            yield Wanted("dynamodb:BatchGetItem", TABLE, tuple(key["pk"]["S"] for key in keys))
        case "TransactWriteItems" | "TransactGetItems":
            for item in params["TransactItems"]:
                ((kind, body),) = item.items()
                yield Wanted(f"dynamodb:{kind}Item", TABLE, (_partition(body),))
        case "Query":
            index = params.get("IndexName")
            (key,) = (
                value["S"]
                for name, value in params["ExpressionAttributeValues"].items()
                if f"= {name}" in params["KeyConditionExpression"].partition(" AND ")[0]
            )
            yield Wanted("dynamodb:Query", f"{TABLE}/index/{index}" if index else TABLE, (key,))
        case "BatchWriteItem":
            writes = [write for of in params["RequestItems"].values() for write in of]
            keys = [_partition(body) for write in writes for body in write.values()]
            yield Wanted("dynamodb:BatchWriteItem", TABLE, tuple(keys))
        case "Scan":
            yield Wanted("dynamodb:Scan", TABLE)
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
            yield Wanted(f"dynamodb:{operation}", TABLE, (_partition(params),))
        case _:
            raise ValueError(f"{operation} is not known here")


def _of_bucket(operation: str, params: dict[str, Any]) -> Iterator[Wanted]:
    match operation:
        case "GetObject" | "PutObject":
            yield Wanted(f"s3:{operation}", f"{_bucket(params['Bucket'])}/{params['Key']}")
            if "ObjectLockMode" in params:
                yield Wanted(
                    "s3:PutObjectRetention", f"{_bucket(params['Bucket'])}/{params['Key']}"
                )
        case "ListObjectsV2" | "ListObjectVersions":
            action = "ListBucket" if operation == "ListObjectsV2" else "ListBucketVersions"
            yield Wanted(f"s3:{action}", _bucket(params["Bucket"]), (params["Prefix"],))
        case "DeleteObjects":
            for each in params["Delete"]["Objects"]:
                action = "DeleteObjectVersion" if "VersionId" in each else "DeleteObject"
                yield Wanted(f"s3:{action}", f"{_bucket(params['Bucket'])}/{each['Key']}")
        case "CopyObject":
            source = params["CopySource"]
            yield Wanted("s3:GetObject", f"{_bucket(source['Bucket'])}/{source['Key']}")
            yield Wanted("s3:PutObject", f"{_bucket(params['Bucket'])}/{params['Key']}")
        case _:
            raise ValueError(f"{operation} is not known here")


def _bucket(name: str) -> str:
    """`test-mailbox-bucket` is MailboxBucket (infra/resources.py)."""
    return _ARNS[f"{name.split('-')[-2].title()}Bucket"]


def _partition(body: dict[str, Any]) -> str:
    key: str = body.get("Key", body.get("Item", {}))["pk"]["S"]
    return key


@cache
def _statements(role: str) -> list[dict[str, Any]]:
    if role in TAGGED_ROLES:
        (own,) = resources()["Resources"][role]["Properties"]["Policies"]
        document = own["PolicyDocument"]
    else:
        document = json.loads((ROOT / "infra" / "iam" / f"{role}.json").read_text())
    relevant = [
        each
        for each in document["Statement"]
        if any(action.startswith(("dynamodb:", "s3:")) for action in each["Action"])
        and "stream" not in json.dumps(each).casefold()
    ]
    resolved: list[dict[str, Any]] = resolve(
        relevant, reference=str, attribute=lambda of, _name: _ARNS[of]
    )
    return resolved


def _covers(statement: dict[str, Any], tags: Tags, wanted: Wanted) -> bool:
    if statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}:
        raise ValueError(f"{statement} is not known here")
    named = statement["Resource"]
    return (
        wanted.action in statement["Action"]
        and any(
            _is_like(each, wanted.resource, tags)
            for each in (named if isinstance(named, list) else [named])
        )
        and all(
            _holds(operator, wants, tags, wanted)
            for operator, wants in statement.get("Condition", {}).items()
        )
    )


def _holds(operator: str, wants: dict[str, Any], tags: Tags, wanted: Wanted) -> bool:
    if operator == "Null" and wants == {"dynamodb:LeadingKeys": "false"}:
        return bool(wanted.keys)
    if operator == "StringLike" and wants.keys() == {"s3:prefix"}:
        (prefix,) = wanted.keys
        return _is_like(wants["s3:prefix"], prefix, tags)
    if operator == "ForAllValues:StringLike" and wants.keys() == {"dynamodb:LeadingKeys"}:
        patterns = wants["dynamodb:LeadingKeys"]
        return all(any(_is_like(each, key, tags) for each in patterns) for key in wanted.keys)
    raise ValueError(f"{operator} {wants} is not known here")


def _is_like(pattern: str, value: str, tags: Tags) -> bool:
    """StringLike: `*` is any text, `?` any character; a tag that is not there matches nothing."""
    names = _VARIABLE.findall(pattern)
    if any(name not in tags for name in names):
        return False
    told = tuple((name, tags[name]) for name in names)
    return _expression(pattern, told).fullmatch(value) is not None


@cache
def _expression(pattern: str, told: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    tags = dict(told)
    parts = re.split(r"(\*|\?|\$\{[^}]*\})", pattern)
    meant = {"*": ".*", "?": "."}
    expression = "".join(
        meant.get(part)
        or re.escape(tags[found[1]] if (found := _VARIABLE.fullmatch(part)) else part)
        for part in parts
    )
    return re.compile(expression, re.DOTALL)
