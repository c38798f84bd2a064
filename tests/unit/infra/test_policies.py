"""infra/iam: who may do what. The golden file makes every change of it a reviewed one."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.package import ROOT
from infra.template import resources
from infra.template_rules import TAGGED_ROLES

from .sample_app import DOMAINS

POLICIES = ROOT / "infra" / "iam"
GOLDEN = Path(__file__).parent / "golden" / "iam.json"
NAMES = sorted(file.stem for file in POLICIES.glob("*.json"))
SENDERS = {"outbox_stream", "storage_stream", "outbox_sweep", "due_work", "inbound_file"}


def statements(name: str) -> list[dict[str, Any]]:
    """Those of a function's policy, or of a role of infra/resources.yaml: its own and its trust."""
    if name in TAGGED_ROLES:
        role = resources()["Resources"][name]["Properties"]
        (own,) = role["Policies"]
        return [
            *own["PolicyDocument"]["Statement"],
            *role["AssumeRolePolicyDocument"]["Statement"],
        ]
    policy: list[dict[str, Any]] = json.loads((POLICIES / f"{name}.json").read_text())["Statement"]
    return policy


def grants(name: str) -> list[str]:
    """`action on resource if condition` for each pair that is allowed; `never …` for a denied one."""
    return sorted(
        f"{'never ' if statement['Effect'] == 'Deny' else ''}{action} on {json.dumps(resource)}{_condition(statement)}"
        for statement in statements(name)
        for action in statement["Action"]
        for resource in resources_of(statement)
    )


def _condition(statement: dict[str, Any]) -> str:
    return f" if {json.dumps(statement['Condition'])}" if "Condition" in statement else ""


def resources_of(statement: dict[str, Any]) -> list[Any]:
    if "Principal" in statement:
        return [{"by": statement["Principal"]}]
    if "NotResource" in statement:
        return [{"not": statement["NotResource"]}]
    named = statement["Resource"]
    return named if isinstance(named, list) else [named]


def test_the_policies_are_the_golden_ones() -> None:
    every = {name: grants(name) for name in (*NAMES, *TAGGED_ROLES)}
    assert every == json.loads(GOLDEN.read_text())


def test_every_function_of_the_configuration_has_a_policy_and_none_is_left_over() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    declared = config["stages"]["prod"]["lambda_functions"]
    files = {name: Path(each["iam_policy_file"]).name for name, each in declared.items()}
    assert files == {name: f"{name}.json" for name in NAMES}
    assert config["autogen_policy"] is False


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_queue_handler_reads_its_own_queue_alone(domain: str) -> None:
    reads = [grant for grant in grants(f"{domain}_queue") if grant.startswith("sqs:Receive")]
    assert reads == [f'sqs:ReceiveMessage on {{"Fn::GetAtt": ["{domain.title()}Events", "Arn"]}}']


def test_only_the_workers_send_to_queues_and_read_the_due_index() -> None:
    senders = {
        name for name in NAMES if any("Events" in g and "SendMessage" in g for g in grants(name))
    }
    readers = {name for name in NAMES if any("/index/due" in grant for grant in grants(name))}
    assert senders == SENDERS
    assert readers == {"outbox_sweep", "due_work"}


def test_only_messaging_writes_to_people_and_only_claims_to_trading_partners() -> None:
    def holders(action: str, resource: str) -> set[str]:
        return {
            name
            for name in (*NAMES, *TAGGED_ROLES)
            if any(grant.startswith(action) and resource in grant for grant in grants(name))
        }

    assert holders("ses:SendEmail", "identity") == {"messaging_queue"}
    assert holders("sns:Publish", "") == {"messaging_queue"}
    assert holders("s3:PutObject", "outbound") == {"PracticeRole"}
    assert holders("s3:PutObject", "MailboxBucket") == {"PracticeRole", "EntryRole"}
    assert holders("s3:PutObject", "FilesBucket") == {"CustodyRole"}
    assert holders("s3:PutObject", "AuditBucket") == {"SealingRole", "audit_queue"}
    assert holders("s3:PutObjectRetention", "") == {"SealingRole", "audit_queue"}
    assert holders("s3:GetObject", "inbound") == {"PracticeRole", "EntryRole", "inbound_file"}


def test_only_custody_reads_the_whole_table_and_destroys_files() -> None:
    def holders(action: str) -> set[str]:
        return {n for n in (*NAMES, *TAGGED_ROLES) if any(g.startswith(action) for g in grants(n))}

    assert holders("dynamodb:Scan") == {"custody_queue"}
    for action in ("dynamodb:BatchWriteItem", "s3:Delete", "s3:ListBucket"):
        assert holders(action) == {"CustodyRole"}


def test_only_tagged_roles_reach_what_is_a_practice_s() -> None:
    for name in NAMES:
        for grant in grants(name):
            if grant.startswith(("dynamodb:", "s3:")) and "stream" not in grant.casefold():
                scans = (name, grant.partition(" ")[0]) == ("custody_queue", "dynamodb:Scan")
                assert scans or "sys#" in grant or "/sys/" in grant, grant
    for name in TAGGED_ROLES:
        for grant in grants(name):
            if grant.startswith(("dynamodb:", "s3:")):
                assert "aws:PrincipalTag/practice" in grant or "/sys/" in grant, grant


def test_who_acts_for_a_practice_and_who_enters_one() -> None:
    def holders(role: str) -> set[str]:
        return {name for name in NAMES if any(f'["{role}", "Arn"]' in g for g in grants(name))}

    assert holders("EntryRole") == {"api_handler", "inbound_file"}
    assert holders("CustodyRole") == {"custody_queue"}
    assert holders("SealingRole") == {"audit_queue"}
    others = {"due_work", "inbound_file", "custody_queue", "audit_queue", "storage_stream"}
    assert holders("PracticeRole") == set(NAMES) - others


def test_workers_that_carry_messages_hold_no_keys_and_no_files() -> None:
    for name in ("outbox_stream", "storage_stream", "outbox_sweep", "due_work"):
        assert not [grant for grant in grants(name) if grant.startswith(("s3:", "secretsmanager:"))]


@pytest.mark.parametrize("name", NAMES)
def test_a_function_writes_to_its_own_log_group(name: str) -> None:
    logical = "APIHandler" if name == "api_handler" else "".join(map(str.title, name.split("_")))
    logs = [grant for grant in grants(name) if grant.startswith("logs:")]
    assert len(logs) == 2
    assert all(f"/aws/lambda/${{AWS::StackName}}-{logical}-*:*" in grant for grant in logs)
