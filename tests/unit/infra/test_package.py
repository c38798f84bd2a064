"""infra/package.py: what is laid over Chalice's template, and what is deployed of it."""

import json
from typing import Any

import pytest

from infra.package import CODE, ROOT, build_template, minified

from .sample_app import DOMAINS, SampleApp

CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]["prod"]


@pytest.fixture(scope="module")
def resources() -> Any:
    return build_template(SampleApp().app)["Resources"]


def source_of(resources: Any, function: str) -> Any:
    (source,) = resources[function]["Properties"]["Events"].values()
    return source["Properties"]


def test_every_handler_is_reached_through_the_composition_root(resources: Any) -> None:
    handlers = {
        each["Properties"]["Handler"]
        for each in resources.values()
        if each["Type"] == "AWS::Serverless::Function"
    }
    workers = {"outbox_stream", "storage_stream", "outbox_sweep", "due_work", "inbound_file"}
    queues = {f"{domain}_queue" for domain in DOMAINS}
    assert handlers == {f"app.{name}" for name in {"app"} | workers | queues}


def test_queues_are_event_sources_by_arn_with_partial_failures(resources: Any) -> None:
    for domain in DOMAINS:
        source = source_of(resources, f"{domain.title()}Queue")
        assert source["Queue"] == {"Fn::Sub": f"${{{domain.title()}Events.Arn}}"}
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_the_stream_is_filtered_to_new_outbox_and_audit_items_and_bounded(resources: Any) -> None:
    source = source_of(resources, "OutboxStream")
    assert source["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    (pattern,) = source["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"kind": {"S": ["outbox", "audit", "audit_amendment"]}}},
    }
    assert source["BisectBatchOnFunctionError"] is True
    assert 0 < source["MaximumRetryAttempts"] <= 10
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": ["OutboxDeadLetters", "Arn"]
    }


def test_inbound_files_come_from_the_mailbox_alone_and_fail_into_their_dead_letters(
    resources: Any,
) -> None:
    source = source_of(resources, "InboundFile")
    assert source["Pattern"]["detail"]["bucket"]["name"] == [{"Ref": "MailboxBucket"}]
    dead = {"Fn::GetAtt": ["InboundDeadLetters", "Arn"]}
    invoked = resources["InboundFile"]["Properties"]["EventInvokeConfig"]
    assert source["DeadLetterConfig"] == {"Arn": dead}
    assert invoked["DestinationConfig"]["OnFailure"]["Destination"] == dead
    assert resources["MailboxBucket"]["Properties"]["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }


def test_each_function_has_the_memory_time_and_role_of_the_configuration(resources: Any) -> None:
    for name, wanted in CONFIG["lambda_functions"].items():
        logical = (
            "APIHandler" if name == "api_handler" else "".join(map(str.title, name.split("_")))
        )
        function = resources[logical]["Properties"]
        assert function["MemorySize"] == wanted["lambda_memory_size"]
        assert function["Timeout"] == wanted["lambda_timeout"]
        assert function.get("ReservedConcurrentExecutions") == wanted.get("reserved_concurrency")
        role = resources[function["Role"]["Fn::GetAtt"][0]]["Properties"]
        policy = json.loads((ROOT / ".chalice" / wanted["iam_policy_file"]).read_text())
        assert [each["PolicyDocument"] for each in role["Policies"]] == [policy]


def test_the_api_function_finds_its_log_group(resources: Any) -> None:
    name = resources["ApiHandlerLogGroup"]["Properties"]["LogGroupName"]
    assert name == {"Fn::Sub": "/aws/lambda/${APIHandler}"}


def test_the_description_of_the_api_is_not_uploaded_twice(resources: Any) -> None:
    paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    assert operations
    assert not any("summary" in each or "description" in each for each in operations)


def test_the_uploaded_text_is_the_template_without_blanks() -> None:
    template = build_template(SampleApp().app)
    text = minified(template)
    assert json.loads(text) == template
    assert '": ' not in text.replace('\\"', "")[:200]
    assert template["Resources"]["APIHandler"]["Properties"]["CodeUri"] == CODE
