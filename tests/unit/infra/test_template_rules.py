"""infra/template_rules.py: the sample app's template is clean, and each rule bites when broken."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from infra.package import build_template
from infra.template_rules import MAX_NODES, path_nodes, problems

from .sample_app import SampleApp

SAMPLE = SampleApp()
Template = dict[str, Any]


@pytest.fixture(scope="module")
def clean() -> Template:
    return build_template(SAMPLE.app)


def test_the_template_of_an_app_of_our_shape_is_clean(clean: Template) -> None:
    assert problems(clean, SAMPLE.module) == []


def test_path_nodes_are_the_distinct_prefixes_and_the_root() -> None:
    assert path_nodes([]) == 1
    assert path_nodes(["/"]) == 1
    assert path_nodes(["/v1/a", "/v1/a/{id}", "/v1/b/"]) == 5


def properties(template: Template, name: str) -> Any:
    return template["Resources"][name]["Properties"]


def without(*path: str) -> Callable[[Template], None]:
    def plant(template: Template) -> None:
        place = template["Resources"]
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]

    return plant


def setting(value: Any, *path: str) -> Callable[[Template], None]:
    def plant(template: Template) -> None:
        place = template["Resources"]
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return plant


def statement(
    action: str, resource: Any = "arn:x", *, role: str = "ClaimsQueueRole", **more: Any
) -> Callable[[Template], None]:
    def plant(template: Template) -> None:
        document = properties(template, role)["Policies"][0]["PolicyDocument"]
        document["Statement"].append(
            {"Sid": "Planted", "Effect": "Allow", "Action": action, "Resource": resource, **more}
        )

    return plant


def leading(key: str) -> dict[str, Any]:
    return {"Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [key]}}}


def many_paths(template: Template) -> None:
    paths = properties(template, "RestAPI")["DefinitionBody"]["paths"]
    paths.update({f"/v1/p{number}": {} for number in range(MAX_NODES)})


STREAM = ("OutboxStream", "Properties", "Events", "OutboxStreamDynamodbEventSource", "Properties")
SQS = ("ClaimsQueue", "Properties", "Events", "ClaimsQueueSqsEventSource", "Properties")
ANSWERS = ("RestAPI", "Properties", "DefinitionBody", "x-amazon-apigateway-gateway-responses")
CACHING = "gatewayresponse.header.Cache-Control"

VIOLATIONS = [
    (setting({"Properties": {}}, "Misnamed"), "Misnamed: Chalice generates no resource"),
    (
        setting({"Properties": {}}, "DueWork", "Properties", "Events", "Misnamed"),
        "DueWork: Chalice generates no event Misnamed",
    ),
    (setting("x" * 800_000, "Table", "Properties", "Padding"), "the template has"),
    (many_paths, "nodes; 280 is the limit"),
    (
        setting("chalicelib.claims.handlers.receive", "ClaimsQueue", "Properties", "Handler"),
        "ClaimsQueue: its handler is chalicelib",
    ),
    (setting("app.nobody", "ClaimsQueue", "Properties", "Handler"), "app.py has no nobody"),
    (
        setting({"Fn::GetAtt": ["DueWorkRole", "Arn"]}, "ClaimsQueue", "Properties", "Role"),
        "shares the role DueWorkRole",
    ),
    (without("ClaimsQueueLogGroup"), "ClaimsQueue: has no log group"),
    (without("ClaimsQueue", "Properties", "Timeout"), "ClaimsQueue: has no memory or timeout"),
    (without("ClaimsQueueErrorsAlarm"), "ClaimsQueue: no alarm on Errors"),
    (without("ClaimsQueueThrottlesAlarm"), "ClaimsQueue: no alarm on Throttles"),
    (
        setting([], "ClaimsQueueErrorsAlarm", "Properties", "AlarmActions"),
        "ClaimsQueue: no alarm on Errors",
    ),
    (without(*SQS, "FunctionResponseTypes"), "ClaimsQueue: does not report batch item failures"),
    (
        setting({"Fn::Sub": "arn:aws:sqs:::claims"}, *SQS, "Queue"),
        "ClaimsQueue: infra/functions.yaml gives it no queue",
    ),
    (setting(120, "ClaimsQueue", "Properties", "Timeout"), "visibility is under six timeouts"),
    (without(*STREAM, "BisectBatchOnFunctionError"), "OutboxStream: its stream needs"),
    (without(*STREAM, "FilterCriteria"), "OutboxStream: its stream needs"),
    (setting(-1, *STREAM, "MaximumRetryAttempts"), "OutboxStream: its stream needs"),
    (without(*STREAM, "DestinationConfig"), "OutboxStream: its stream needs"),
    (without("ClaimsEvents", "Properties", "KmsMasterKeyId"), "ClaimsEvents: not encrypted"),
    (without("ClaimsEventsPolicy"), "ClaimsEvents: takes calls without TLS"),
    (without("ClaimsEvents", "Properties", "RedrivePolicy"), "ClaimsEvents: no dead-letter queue"),
    (without("ClaimsEventsAgeAlarm"), "ClaimsEvents: no alarm on the oldest message"),
    (without("ClaimsDeadLettersAlarm"), "ClaimsDeadLetters: no alarm on dead letters"),
    (without("OutboxDeadLettersAlarm"), "OutboxDeadLetters: no alarm on dead letters"),
    (
        setting(
            False, "FilesBucket", "Properties", "PublicAccessBlockConfiguration", "BlockPublicAcls"
        ),
        "FilesBucket: public access is not blocked",
    ),
    (
        without("FilesBucket", "Properties", "VersioningConfiguration"),
        "FilesBucket: keeps no versions",
    ),
    (without("FilesBucket", "Properties", "BucketEncryption"), "FilesBucket: not encrypted"),
    (without("FilesBucket", "Properties", "LifecycleConfiguration"), "FilesBucket: no lifecycle"),
    (without("MailboxBucketPolicy"), "MailboxBucket: takes calls without TLS"),
    (
        setting({"SSEEnabled": False}, "Table", "Properties", "SSESpecification"),
        "Table: not encrypted",
    ),
    (
        without("Table", "Properties", "PointInTimeRecoverySpecification"),
        "Table: no point-in-time recovery",
    ),
    (without("Table", "Properties", "DeletionProtectionEnabled"), "Table: no deletion protection"),
    (without("Table", "Properties", "TimeToLiveSpecification"), "Table: nothing expires"),
    (without("Table", "DeletionPolicy"), "Table: would be deleted with the stack"),
    (without("KeysSecret", "UpdateReplacePolicy"), "KeysSecret: would be deleted with the stack"),
    (statement("dynamodb:*"), "ClaimsQueueRole: may dynamodb:*"),
    (statement("*"), "ClaimsQueueRole: may *"),
    (statement("dynamodb:Scan"), "ClaimsQueueRole: may dynamodb:Scan"),
    (statement("dynamodb:PartiQLSelect"), "ClaimsQueueRole: may dynamodb:PartiQLSelect"),
    (statement("s3:GetObject", "*"), "ClaimsQueueRole: Planted names no resource"),
    (statement("dynamodb:GetItem"), "Planted reaches items of any practice"),
    (
        statement("dynamodb:GetItem", **leading("prc_*")),
        "ClaimsQueueRole: Planted reaches items of any practice",
    ),
    (
        statement("dynamodb:GetItem", **leading("${aws:PrincipalTag/practice}#*")),
        "ClaimsQueueRole: Planted reaches items of any practice",
    ),
    (
        statement("dynamodb:Query", role="PracticeRole", **leading("*")),
        "PracticeRole: Planted reaches items of any practice",
    ),
    (
        statement(
            "dynamodb:UpdateItem", role="SealingRole", **leading("${aws:PrincipalTag/practice}#*")
        ),
        "SealingRole: Planted may dynamodb:UpdateItem in *#audit#*",
    ),
    (
        statement("dynamodb:DeleteItem", role="ReportingQueueRole", **leading("sys#audit#*")),
        "ReportingQueueRole: Planted may dynamodb:DeleteItem in *#audit#*",
    ),
    (
        statement("dynamodb:PutItem", role="ReportingQueueRole", **leading("sys#*")),
        "ReportingQueueRole: Planted may dynamodb:PutItem in *#audit-chain#*",
    ),
    (statement("sts:AssumeRole"), "ClaimsQueueRole: Planted assumes a role that is not tagged"),
    (without("KeysSecret", "Properties", "KmsKeyId"), "KeysSecret: not encrypted"),
    (without("AlarmTopic", "Properties", "KmsMasterKeyId"), "AlarmTopic: not encrypted"),
    (
        without(*ANSWERS, "THROTTLED", "responseParameters", CACHING),
        "RestAPI: THROTTLED may be cached",
    ),
    (without(*ANSWERS, "DEFAULT_4XX"), "RestAPI: no gateway response DEFAULT_4XX"),
    (
        setting({}, *ANSWERS, "THROTTLED", "responseParameters"),
        "RestAPI: THROTTLED is no problem+json",
    ),
]


@pytest.mark.parametrize(("plant", "said"), VIOLATIONS, ids=[said for _, said in VIOLATIONS])
def test_a_planted_violation_is_named(
    clean: Template, plant: Callable[[Template], None], said: str
) -> None:
    planted = copy.deepcopy(clean)
    plant(planted)
    assert any(said in fault for fault in problems(planted, SAMPLE.module))
