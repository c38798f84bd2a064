"""Export → import → export is equal but for the practice's id (PROMISES 38)."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chalicelib.custody.custodian import Custodian
from chalicelib.custody.errors import BadArchive, PracticeNotEmpty
from chalicelib.custody.models import Closing
from chalicelib.platform.config import settings
from chalicelib.platform.postal import Address
from chalicelib.platform.store import OutOfScope, Record, plant_row, practice_scope
from chalicelib.psychotherapy.models import PsychotherapyNote
from chalicelib.psychotherapy.notes import digest_of, sealed_for, words_of
from infra.ops.__main__ import main
from tests import tables
from tests.builders.billing import Clinic, clinic
from tests.builders.custody import Kept, alike, kept, pems, take_in, write_export
from tests.builders.practices import plant, random_practice, some_id
from tests.conftest import START
from tests.faults import Died, dying
from tests.world import PASSWORD, World

__all__ = ["clinic"]


def archive_of(practice_id: str) -> Kept:
    return kept(practice_id, write_export(practice_id))


def goes_round(random: Random) -> None:
    own, other = some_id(random, "prc"), some_id(random, "prc")
    rows = random_practice(random, own)
    plant(own, rows)
    first = archive_of(own)
    assert len(first.lines) == len(rows)
    done = take_in(first, other)
    assert done.records.total() == len(rows)
    assert alike(archive_of(other), other) == alike(first, other)


@pytest.mark.parametrize("seed", range(8))
def test_a_random_practice_goes_out_and_in_and_is_equal(world: World, seed: int) -> None:
    goes_round(Random(seed))


@pytest.mark.campaign
def test_a_hundred_random_practices_go_out_and_in_and_are_equal(world: World) -> None:
    empty = tables.image()
    for seed in range(1_000, 1_100):
        goes_round(Random(seed))
        tables.put_back(empty)


def test_a_practice_that_has_worked_is_the_same_elsewhere(clinic: Clinic) -> None:
    clinic.visit(clinic.insured)
    other = some_id(Random(1), "prc")
    first = archive_of(clinic.practice_id)
    done = take_in(first, other)
    assert (done.strangers, done.still_sealed) == (0, 0)
    second = archive_of(other)
    assert alike(second, other) == alike(first, other)
    assert done.files > 0
    sent = boto3.client("s3").list_objects_v2(
        Bucket=settings().mailbox_bucket, Prefix=f"{other}/clearinghouse/outbound/"
    )
    assert "Contents" not in sent, "a claim would be sent again"


def test_patients_of_an_imported_practice_are_found_and_its_people_sign_in(
    clinic: Clinic,
) -> None:
    clinic.visit(clinic.insured)
    other = some_id(Random(1), "prc")
    take_in(archive_of(clinic.practice_id), other)
    world = clinic.world
    body = {"email": "front_desk.owner@elm.example", "password": PASSWORD, "practice_id": other}
    session = world.call("POST", "/v1/sessions", body)
    assert session.status == 201, session.text
    token = session.json["access_token"]
    found = world.call("POST", "/v1/patients/search", {"name": "diaz"}, token=token).json
    assert {each["id"] for each in found["items"]} == {clinic.insured, clinic.uninsured}
    mrn = clinic.get("front_desk", f"/v1/patients/{clinic.insured}")["mrn"]
    by_mrn = world.call("POST", "/v1/patients/search", {"mrn": mrn}, token=token).json
    assert [each["id"] for each in by_mrn["items"]] == [clinic.insured]
    balance = f"/v1/patients/{clinic.insured}/balance"
    shown = world.call("GET", balance, token=token).json
    expected = clinic.get("front_desk", balance)
    assert {name: shown[name] for name in ("insurance", "patient", "credit")} == {
        name: expected[name] for name in ("insurance", "patient", "credit")
    }


def test_psychotherapy_notes_leave_only_under_the_custodians_key(world: World) -> None:
    random = Random(3)
    own, other, third = (some_id(random, "prc") for _ in range(3))
    rows = random_practice(random, own, rows=3)
    key = PsychotherapyNote.key(own, some_id(random, "pat"), "usr_1", some_id(random, "psy"))
    note = PsychotherapyNote(*key, sealed=sealed_for(key, "what was said"), saved_at=START)
    note.signed_at, note.sha256, note.version = START, digest_of(note.sealed), 1
    plant(own, [*rows, note.serialize()])
    without = archive_of(own)
    assert without.manifest["withheld"] == {"psychotherapy_note": 1}
    private, public = pems(X25519PrivateKey.generate())
    with practice_scope(own):
        closing = _closing(own, public)
        closing.version = 1
        plant_row(closing.serialize())
    archive = archive_of(own)
    assert archive.manifest["withheld"] == {}
    assert b"what was said" not in b"".join(archive.files.values())
    assert take_in(archive, other).still_sealed == 1
    assert take_in(archive, third, private_key=private).still_sealed == 0
    [row] = _rows(world, third, "psychotherapy_note")
    assert words_of(Record.from_raw_data(row)) == "what was said"
    assert row["sha256"]["S"] == digest_of(row["sealed"]["S"])


def test_an_import_goes_into_an_empty_practice_once(world: World) -> None:
    random = Random(5)
    own, other = some_id(random, "prc"), some_id(random, "prc")
    plant(own, random_practice(random, own, rows=3))
    archive = archive_of(own)
    take_in(archive, other)
    for practice_id in (own, other):
        with pytest.raises(PracticeNotEmpty):
            take_in(archive, practice_id)


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.campaign)])
def test_an_import_that_dies_at_any_call_goes_on(world: World, step: int) -> None:
    random = Random(6)
    own = some_id(random, "prc")
    plant(own, random_practice(random, own, rows=2, patients=1))
    archive, deaths = archive_of(own), 0
    for after in (False, True):
        for at in range(int(after), 10_000, step):
            other = some_id(random, "prc")
            try:
                with dying(at, after=after):
                    take_in(archive, other)
                break
            except Died:
                deaths += 1
            with suppress(PracticeNotEmpty):  # it died when all was done
                take_in(archive, other)
            assert alike(archive_of(other), other) == alike(archive, other)
    assert deaths > 20 // step


@pytest.mark.parametrize("damage", ["line", "missing", "format", "json"])
def test_what_is_not_as_it_was_written_is_refused_before_anything_is(
    world: World, damage: str
) -> None:
    random = Random(7)
    own, other = some_id(random, "prc"), some_id(random, "prc")
    plant(own, random_practice(random, own, rows=3))
    archive = archive_of(own)
    files = dict(archive.files)
    match damage:
        case "line":
            files["records/000001.jsonl"] += b"{}\n"
        case "missing":
            del files["records/000001.jsonl"]
        case "format":
            files["manifest.json"] = json.dumps({**archive.manifest, "format": "x"}).encode()
        case "json":
            files["manifest.json"] = b"{"
    before = len(world.items())
    with pytest.raises(BadArchive):
        take_in(replace(archive, files=files), other)
    assert len(world.items()) == before


def test_a_record_that_would_leave_the_practice_is_not_written(world: World) -> None:
    random = Random(8)
    own, other, victim = (some_id(random, "prc") for _ in range(3))
    plant(own, random_practice(random, own, rows=3))
    archive = archive_of(own)
    row = {
        "kind": "room",
        "key": [f"{victim}#", "room#rom_1#"],
        "version": 1,
        "schema": 1,
        "attributes": {},
    }
    forged = forge(archive, row)
    with pytest.raises(OutOfScope):
        take_in(forged, other)
    row["kind"], row["key"] = "workplace", ["sys#user#usr_1#", f"workplace#{victim}#"]
    with pytest.raises(BadArchive):
        take_in(forge(archive, row), some_id(random, "prc"))
    assert not any(victim in str(item) for item in world.items())


def test_operations_import_a_folder(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(9)
    own, other = some_id(random, "prc"), some_id(random, "prc")
    plant(own, random_practice(random, own, rows=3))
    archive = archive_of(own)
    for name, body in archive.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    assert main(["import-practice", str(tmp_path), "--as", other]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["records"] == archive.manifest["records"]
    assert main(["import-practice", str(tmp_path), "--as", other]) == 1
    assert "practice_not_empty" in capsys.readouterr().err


def forge(archive: Kept, line: dict[str, Any]) -> Kept:
    """The archive with one line more, its hash put right."""
    from hashlib import sha256

    name = "records/000001.jsonl"
    body = archive.files[name] + json.dumps(line).encode() + b"\n"
    manifest = archive.manifest
    for entry in manifest["files"]:
        if entry["name"] == name:
            entry["sha256"] = sha256(body).hexdigest()
    files = {**archive.files, name: body, "manifest.json": json.dumps(manifest).encode()}
    return replace(archive, files=files)


def _rows(world: World, practice_id: str, kind: str) -> list[dict[str, Any]]:
    return [
        item
        for item in world.items()
        if item["kind"]["S"] == kind and item["pk"]["S"].startswith(practice_id)
    ]


def _closing(practice_id: str, public_key: str) -> Closing:
    address = Address(line1="1 Main St", city="Albany", state="NY", postal_code="12207")
    return Closing(
        *Closing.key(practice_id),
        requested_by="usr_1",
        requested_at=START,
        grace_until=START,
        custodian=Custodian("Records Inc", address, "keep@records.example", public_key),
        export_id="exp_1",
        link_id="lnk_1",
    )
