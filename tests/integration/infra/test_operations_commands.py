"""What operations people run: dead letters back, sealed files listed."""

import json

import boto3
import pytest

from chalicelib.platform.config import settings
from infra.ops.__main__ import main
from infra.ops.redrive import redrive
from tests.world import World


def _dead_letters(domain: str) -> str:
    sqs = boto3.client("sqs")
    answer = sqs.get_queue_attributes(
        QueueUrl=settings().queue_urls[domain], AttributeNames=["RedrivePolicy"]
    )
    arn = json.loads(answer["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    return str(sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"])


def test_dead_letters_go_back_into_their_queue_once(world: World) -> None:
    sqs, queue = boto3.client("sqs"), settings().queue_urls["billing"]
    for number in range(12):
        sqs.send_message(QueueUrl=_dead_letters("billing"), MessageBody=f"letter {number}")
    assert redrive(sqs, queue) == 12
    assert redrive(sqs, queue) == 0
    bodies = set()
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies |= {message["Body"] for message in messages}
    assert bodies == {f"letter {number}" for number in range(12)}


def test_an_unknown_queue_is_wrong_usage(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["redrive", "nothing"]) == 2
    assert "usage" in capsys.readouterr().err


def test_sealed_files_are_listed_by_their_envelope(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "sys/clearinghouse/inbound/stray.835"
    body = b"ISA*nothing that can be read"
    boto3.client("s3").put_object(Bucket=settings().mailbox_bucket, Key=key, Body=body)
    world.pump()
    assert main(["sealed"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    shown = json.loads(line)
    assert (shown["file_key"], shown["size"]) == (key, len(body))
    assert shown["why"] == "unknown_payee"
