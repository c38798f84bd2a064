"""infra/local/emulator.py: loopback only, and nothing lost when it or its owner stops."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local.emulator import ROOT, Emulator, EmulatorFailed, free_port
from infra.local.provision import provision
from infra.local.sent import sent_mail, sent_texts
from infra.resources import MAIL_FROM, Place

from .loopback import LOOPBACK, listening_addresses

pytestmark = pytest.mark.emulator

OWNER = """
import sys, time
from pathlib import Path
from infra.local.emulator import Emulator
from infra.resources import Place, create_resources
emulator = Emulator(Path(sys.argv[1])).start()
create_resources(emulator.url, "owner")
place = Place(emulator.url, "owner")
item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
place.client("dynamodb").put_item(TableName=place.name("Table"), Item=item)
print(emulator.pid, flush=True)
time.sleep(60)
"""


def fill(place: Place) -> None:
    place.client("dynamodb").put_item(
        TableName=place.name("Table"), Item={"pk": {"S": "a"}, "sk": {"S": "b"}}
    )
    place.client("s3").put_object(Bucket=place.name("FilesBucket"), Key="a/b", Body=b"kept")
    place.client("sqs").send_message(QueueUrl=place.reference("ClaimsEvents"), MessageBody="kept")
    place.client("sns").publish(PhoneNumber="+12065550100", Message="Tomorrow at nine")
    place.client("sesv2").send_email(
        FromEmailAddress=MAIL_FROM,
        Destination={"ToAddresses": ["ada@clinic.example"]},
        Content={
            "Simple": {
                "Subject": {"Data": "Vérify"},
                "Body": {"Text": {"Data": "https://careloom.example/verify?token=t"}},
            }
        },
    )


def test_it_listens_on_loopback_alone_and_on_one_port() -> None:
    with Emulator() as emulator:
        assert listening_addresses(emulator.pid) == {LOOPBACK}


def test_records_files_messages_keys_and_texts_are_there_again_on_another_port(
    tmp_path: Path,
) -> None:
    with Emulator(tmp_path) as first:
        place = provision(first.url, "kept")
        fill(place)
        (mail,) = sent_mail(first.url, "ada@clinic.example")
        assert (mail.subject, mail.sender) == ("Vérify", MAIL_FROM)
        assert "token=t" in mail.text
        assert sent_mail(first.url, "nobody@clinic.example") == []
        secrets = place.client("secretsmanager")
        keys = secrets.get_secret_value(SecretId=place.name("KeysSecret"))["SecretString"]
        place.close()

    with Emulator(tmp_path, port=free_port(first.port + 1)) as second:
        assert second.url != first.url
        place = provision(second.url, "kept")
        assert place.client("dynamodb").scan(TableName=place.name("Table"))["Count"] == 1
        stored = place.client("s3").get_object(Bucket=place.name("FilesBucket"), Key="a/b")
        assert stored["Body"].read() == b"kept"
        queue = place.reference("ClaimsEvents")
        (message,) = place.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        assert message["Body"] == "kept"
        secret = place.client("secretsmanager").get_secret_value(SecretId=place.name("KeysSecret"))
        assert secret["SecretString"] == keys
        (text,) = sent_texts(second.url, "+12065550100")
        assert text.text == "Tomorrow at nine"
        place.close()


def test_a_killed_owner_loses_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        emulator_pid = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
    wait_for_end(emulator_pid)

    with Emulator(tmp_path) as emulator:
        place = Place(emulator.url, "owner")
        assert place.client("dynamodb").scan(TableName=place.name("Table"))["Count"] == 1
        place.close()


def test_a_state_has_one_owner_at_a_time(tmp_path: Path) -> None:
    with Emulator(tmp_path), pytest.raises(EmulatorFailed, match="another process runs on"):
        Emulator(tmp_path).start()


def test_a_discarded_state_is_empty_at_the_next_start(tmp_path: Path) -> None:
    with Emulator(tmp_path) as emulator:
        provision(emulator.url, "gone").close()
    assert Emulator(tmp_path).holds_state
    Emulator(tmp_path).discard()
    assert not Emulator(tmp_path).holds_state


def test_an_emulator_that_cannot_start_says_why(tmp_path: Path) -> None:
    with Emulator(tmp_path / "first") as first:
        with pytest.raises(EmulatorFailed, match="already in use"):
            Emulator(tmp_path / "second", port=first.port).start()
        assert os.path.exists(f"/proc/{first.pid}")


def test_a_free_port_is_the_preferred_one_or_the_next() -> None:
    with Emulator() as emulator:
        assert free_port(emulator.port) > emulator.port


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline, "the emulator outlived its owner"
        time.sleep(0.05)
