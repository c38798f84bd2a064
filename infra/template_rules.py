"""What every packaged template must hold. Each rule yields one line for each fault it finds."""

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

MAX_BYTES = 800_000  # CloudFormation's limit is 1 MB
MAX_NODES = 280  # API Gateway's quota is 300 resources an API
DATA = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::KMS::Key")
FUNCTION = "AWS::Serverless::Function"
QUEUE = "AWS::SQS::Queue"
ALARM = "AWS::CloudWatch::Alarm"
FORBIDDEN_ACTIONS = ("dynamodb:Scan", "dynamodb:PartiQL", "dynamodb:DeleteTable", "iam:")
SWEEPS = ("CustodyQueueRole", "dynamodb:Scan")
"""All of a practice is found by a Scan, by this one function (ADR 14)."""
NAMELESS = frozenset({"chime:CreateMeeting"})
"""Actions on nothing that is there yet: IAM knows no resource for them but all."""
TAGGED_ROLES = ("PracticeRole", "EntryRole", "SealingRole", "CustodyRole")
SEALERS = ("SealingRole", "AuditQueueRole")
AUDIT, CHAIN = ("*#audit#*",), ("*#audit-chain#*", "*#audit-unsealed#*")
"""Partitions of entries, and of what seals them (ADR 12)."""
ON_STREAMS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")

Resources = dict[str, Any]


def problems(template: dict[str, Any], module: ModuleType) -> list[str]:
    """All faults of a template; `module` is app.py, whose handlers the functions name."""
    resources = template["Resources"]
    strangers = list(_without_counterpart(resources))
    if strangers:
        return strangers
    faults = [*_size(template), *_handlers(resources, module)]
    for rule in (
        _functions,
        _event_sources,
        _queues,
        _buckets,
        _tables,
        _secrets_and_topics,
        _kept,
        _policies,
        _sealed,
        _audit,
        _gateway,
    ):
        faults.extend(rule(resources))
    return faults


def path_nodes(paths: list[str]) -> int:
    """How many resources API Gateway makes of these paths: one a distinct prefix, and the root."""
    nodes = {"/"}
    for path in paths:
        parts = [part for part in path.split("/") if part]
        nodes |= {"/".join(parts[: i + 1]) for i in range(len(parts))}
    return len(nodes)


def _of(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]


def _without_counterpart(resources: Resources) -> Iterator[str]:
    for name, resource in resources.items():
        if "Type" not in resource:
            yield f"{name}: Chalice generates no resource of this name"
            continue
        if resource["Type"] == FUNCTION:
            for event, source in resource["Properties"].get("Events", {}).items():
                if "Type" not in source:
                    yield f"{name}: Chalice generates no event {event}"


def _size(template: dict[str, Any]) -> Iterator[str]:
    size = len(json.dumps(template, separators=(",", ":")))
    if size >= MAX_BYTES:
        yield f"the template has {size:,} bytes; {MAX_BYTES:,} is the limit"
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    nodes = path_nodes(list(body["paths"]))
    if nodes >= MAX_NODES:
        yield f"the paths make {nodes} nodes; {MAX_NODES} is the limit"


def _handlers(resources: Resources, module: ModuleType) -> Iterator[str]:
    """Lambda must import app.py, which wires the domains, and find the handler there."""
    for name, function in _of(resources, FUNCTION):
        place, _, handler = function["Handler"].rpartition(".")
        if place != "app":
            yield f"{name}: its handler is {function['Handler']}, which app.py does not wire"
        elif not callable(getattr(module, handler, None)):
            yield f"{name}: app.py has no {handler}"


def _functions(resources: Resources) -> Iterator[str]:
    groups = [
        json.dumps(group["LogGroupName"]) for _, group in _of(resources, "AWS::Logs::LogGroup")
    ]
    roles: set[str] = set()
    for name, function in _of(resources, FUNCTION):
        role = function["Role"]["Fn::GetAtt"][0]
        if role in roles:
            yield f"{name}: shares the role {role}"
        roles.add(role)
        if not any(f"${{{name}}}" in group for group in groups):
            yield f"{name}: has no log group"
        if not {"MemorySize", "Timeout"} <= function.keys():
            yield f"{name}: has no memory or timeout"
        for metric in ("Errors", "Throttles"):
            if not _has_alarm(resources, metric, {"Ref": name}):
                yield f"{name}: no alarm on {metric}"


def _event_sources(resources: Resources) -> Iterator[str]:
    for name, function in _of(resources, FUNCTION):
        for source in function.get("Events", {}).values():
            given = source["Properties"]
            if source["Type"] not in ("SQS", "DynamoDB"):
                continue
            if given.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
                yield f"{name}: does not report batch item failures"
            if source["Type"] == "SQS":
                named = given["Queue"]["Fn::Sub"].removeprefix("${").partition(".")[0]
                if named not in resources:
                    yield f"{name}: infra/functions.yaml gives it no queue"
                elif resources[named]["Properties"]["VisibilityTimeout"] < 6 * function.get(
                    "Timeout", 0
                ):
                    yield f"{name}: its queue's visibility is under six timeouts"
            elif not (
                given.get("BisectBatchOnFunctionError")
                and given.get("MaximumRetryAttempts", -1) >= 0
                and given.get("DestinationConfig", {}).get("OnFailure")
                and given.get("FilterCriteria")
            ):
                yield f"{name}: its stream needs filter, bisect, bounded retries, failure destination"


def _queues(resources: Resources) -> Iterator[str]:
    dead = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for _, queue in _of(resources, QUEUE)
        if "RedrivePolicy" in queue
    } | {name for name, _ in _of(resources, QUEUE) if _is_failure_destination(resources, name)}
    guarded = {
        policy["Queues"][0]["Ref"]
        for _, policy in _of(resources, "AWS::SQS::QueuePolicy")
        if _is_tls_only(policy)
    }
    for name, queue in _of(resources, QUEUE):
        measured = {"Fn::GetAtt": [name, "QueueName"]}
        if not queue.get("KmsMasterKeyId"):
            yield f"{name}: not encrypted under the data key"
        if name not in guarded:
            yield f"{name}: takes calls without TLS"
        if name in dead:
            if not _has_alarm(resources, "ApproximateNumberOfMessagesVisible", measured):
                yield f"{name}: no alarm on dead letters"
        elif "RedrivePolicy" not in queue:
            yield f"{name}: no dead-letter queue"
        elif not _has_alarm(resources, "ApproximateAgeOfOldestMessage", measured):
            yield f"{name}: no alarm on the oldest message"


def _buckets(resources: Resources) -> Iterator[str]:
    guarded = {
        policy["Bucket"]["Ref"]
        for _, policy in _of(resources, "AWS::S3::BucketPolicy")
        if _is_tls_only(policy)
    }
    shut = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    for name, bucket in _of(resources, "AWS::S3::Bucket"):
        block = bucket.get("PublicAccessBlockConfiguration", {})
        if not all(block.get(way) is True for way in shut):
            yield f"{name}: public access is not blocked"
        if bucket.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield f"{name}: keeps no versions"
        if '"SSEAlgorithm": "aws:kms"' not in json.dumps(bucket.get("BucketEncryption")):
            yield f"{name}: not encrypted under the data key"
        if not bucket.get("LifecycleConfiguration"):
            yield f"{name}: no lifecycle"
        if name not in guarded:
            yield f"{name}: takes calls without TLS"


def _tables(resources: Resources) -> Iterator[str]:
    for name, table in _of(resources, "AWS::DynamoDB::Table"):
        encryption = table.get("SSESpecification", {})
        if not (encryption.get("SSEEnabled") and encryption.get("KMSMasterKeyId")):
            yield f"{name}: not encrypted under the data key"
        if not table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield f"{name}: no point-in-time recovery"
        if table.get("DeletionProtectionEnabled") is not True:
            yield f"{name}: no deletion protection"
        if not table.get("TimeToLiveSpecification", {}).get("Enabled"):
            yield f"{name}: nothing expires"


def _secrets_and_topics(resources: Resources) -> Iterator[str]:
    for kind, key in (
        ("AWS::SecretsManager::Secret", "KmsKeyId"),
        ("AWS::SNS::Topic", "KmsMasterKeyId"),
    ):
        for name, held in _of(resources, kind):
            if not held.get(key):
                yield f"{name}: not encrypted under the data key"


def _kept(resources: Resources) -> Iterator[str]:
    for name, resource in resources.items():
        held = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        if resource["Type"] in DATA and held != ("Retain", "Retain"):
            yield f"{name}: would be deleted with the stack"


def _policies(resources: Resources) -> Iterator[str]:
    for name, role in _of(resources, "AWS::IAM::Role"):
        for statement in _allowing(role):
            for action in _listed(statement["Action"]):
                forbidden = action.startswith(FORBIDDEN_ACTIONS) and (name, action) != SWEEPS
                if action.endswith(":*") or forbidden or action == "*":
                    yield f"{name}: may {action}"
            nameless = NAMELESS.issuperset(_listed(statement["Action"]))
            if "*" in _listed(statement.get("Resource", [])) and not nameless:
                yield f"{name}: {statement['Sid']} names no resource"


def _sealed(resources: Resources) -> Iterator[str]:
    """No role reaches an item but by its leading key; only a tagged role reaches a practice's."""
    tagged = [{"Fn::GetAtt": [name, "Arn"]} for name in TAGGED_ROLES]
    for name, role in _of(resources, "AWS::IAM::Role"):
        for statement in _allowing(role):
            every = [each for each in _listed(statement["Action"]) if (name, each) != SWEEPS]
            actions = [action.partition(":") for action in every]
            on_items = [action for service, _, action in actions if service == "dynamodb"]
            keys = _keys(statement)
            if any(action not in ON_STREAMS for action in on_items):
                own = "sys#" if name not in TAGGED_ROLES else ("sys#", "${aws:PrincipalTag/")
                if not keys or not all(key.startswith(own) for key in keys):
                    yield f"{name}: {statement['Sid']} reaches items of any practice"
            if any(service == "sts" for service, _, _ in actions) and not all(
                resource in tagged for resource in _listed(statement["Resource"])
            ):
                yield f"{name}: {statement['Sid']} assumes a role that is not tagged"


def _audit(resources: Resources) -> Iterator[str]:
    """Entries of the audit are neither changed nor deleted item by item, and only a sealer seals.

    A role that reaches items by wider keys is denied both, by name.
    """
    for name, role in _of(resources, "AWS::IAM::Role"):
        for statement in _allowing(role):
            changes = {"dynamodb:DeleteItem", "dynamodb:UpdateItem"} & set(
                _listed(statement["Action"])
            )
            puts = {"dynamodb:PutItem"} & set(_listed(statement["Action"]))
            for key in _keys(statement):
                wide = key.endswith("#*") and key.count("#") == 1
                reached = []
                if wide or "#audit#" in key:
                    reached += [(action, AUDIT) for action in sorted(changes)]
                if (wide or "#audit-" in key) and name not in SEALERS:
                    reached += [(action, CHAIN) for action in sorted(changes | puts)]
                for action, partitions in reached:
                    if not _is_denied(role, action, partitions):
                        yield f"{name}: {statement['Sid']} may {action} in {partitions[0]}"


def _is_denied(role: dict[str, Any], action: str, keys: tuple[str, ...]) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and action in _listed(statement["Action"])
        and set(keys) <= set(_keys(statement))
        for statement in _statements(role)
    )


def _keys(statement: dict[str, Any]) -> list[str]:
    """The partitions that a statement is limited to."""
    named = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
    return _listed(named.get("dynamodb:LeadingKeys", []))


def _allowing(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (each for each in _statements(role) if each["Effect"] == "Allow")


def _statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def _gateway(resources: Resources) -> Iterator[str]:
    body = resources["RestAPI"]["Properties"]["DefinitionBody"]
    answers = body.get("x-amazon-apigateway-gateway-responses", {})
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN"):
        if kind not in answers:
            yield f"RestAPI: no gateway response {kind}"
    for kind, answer in answers.items():
        headers = answer["responseParameters"]
        if headers.get("gatewayresponse.header.Content-Type") != "'application/problem+json'":
            yield f"RestAPI: {kind} is no problem+json"
        if headers.get("gatewayresponse.header.Cache-Control") != "'no-store'":
            yield f"RestAPI: {kind} may be cached"
        if "gatewayresponse.header.Access-Control-Allow-Origin" not in headers:
            yield f"RestAPI: a browser cannot read {kind}"


def _has_alarm(resources: Resources, metric: str, of: dict[str, Any]) -> bool:
    return any(
        alarm["MetricName"] == metric
        and alarm.get("AlarmActions")
        and any(dimension["Value"] == of for dimension in alarm["Dimensions"])
        for _, alarm in _of(resources, ALARM)
    )


def _is_failure_destination(resources: Resources, queue: str) -> bool:
    arn = json.dumps({"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}})[1:-1]
    typed = arn.replace('{"Destination"', '{"Type": "SQS", "Destination"')
    return any(
        arn in json.dumps(function) or typed in json.dumps(function)
        for _, function in _of(resources, FUNCTION)
    )


def _is_tls_only(policy: dict[str, Any]) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in policy["PolicyDocument"]["Statement"]
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
