"""Files that come in: taken in whole and once, or refused whole with every reason and its place."""

import json
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from chalicelib.claims.handlers import consumers
from chalicelib.claims.x12.inspection import inspect
from chalicelib.platform.events import Event
from infra.ops.__main__ import main as ops
from tests import tables
from tests.builders.billing import BILLING, Clinic, open_clinic
from tests.builders.deaths import BOOKS, after_each_death
from tests.builders.ledgers import assert_balanced
from tests.builders.mailbox import bring, claims, holding, inbound, put
from tests.unit.claims.edi_builders import acknowledgement_file, remittance_file

POSTED = {"835", "277CA", "999"}


def test_every_shared_sample_is_taken_in_or_refused_as_inspection_says(
    clinic: Clinic, samples: Path
) -> None:
    # Given every X12 file of the samples
    files = sorted(path for path in (samples / "x12").glob("*/*") if path.is_file())
    seen = {"processed": 0, "quarantined": 0}
    for path in files:
        data = path.read_bytes()
        judged, books = inspect(path.name, data), money(clinic)
        # When it comes into the mailbox
        bring(clinic, data)
        # Then it is posted if it is valid and of a kind that is posted; else refused with reasons
        file = taken_in(clinic, data)
        good = judged.verdict == "accepted" and judged.kind in POSTED
        assert file["status"] == ("processed" if good else "quarantined"), path.name
        seen[file["status"]] += 1
        if judged.verdict == "refused":
            places = [(reason["segment"], reason["text"]) for reason in file["reasons"]]
            assert places == [(each.segment, each.text) for each in judged.reasons], path.name
        if not good:
            assert money(clinic) == books, path.name
    assert seen["processed"] >= 4
    assert seen["quarantined"] >= 20
    # And what the samples pay is on record, unmatched, for a biller to look at
    paid = [
        (each["payment"]["amount"], each["claims"])
        for each in clinic.get("biller", "/v1/remittances")["items"]
    ]
    assert sorted(paid) == [(94_500, 2), (122_200, 2)]
    for remittance in clinic.get("biller", "/v1/remittances")["items"]:
        items = clinic.get("biller", f"/v1/remittances/{remittance['id']}/claims")["items"]
        assert {item["status"] for item in items} == {"unmatched"}
    assert clinic.balance(clinic.insured) == (0, 0, 0)


def test_a_file_that_comes_twice_or_under_another_name_is_taken_in_once(clinic: Clinic) -> None:
    bring(clinic, remittance_file())
    once = tables.rows()
    bring(clinic, remittance_file())
    assert kinds_since(once) <= {"audit"}
    assert len(inbound(clinic)) == 1


def test_a_payment_that_comes_again_in_another_file_posts_nothing_twice(clinic: Clinic) -> None:
    house = holding(clinic)
    clinic.visit(clinic.insured)
    (remittance,) = house.texts("835")
    bring(clinic, remittance)
    balance = clinic.balance(clinic.insured)
    bring(clinic, remittance.replace("~", "~\n"))
    assert [file["status"] for file in inbound(clinic)] == ["processed", "processed"]
    assert clinic.balance(clinic.insured) == balance
    assert_balanced(clinic.world.items())


def test_a_death_at_any_call_posts_a_remittance_whole_and_once(clinic: Clinic) -> None:
    house = holding(clinic)
    clinic.visit(clinic.insured)
    for text in (*house.texts("999"), *house.texts("277CA")):
        bring(clinic, text)
    message = received(clinic, put(clinic, house.texts("835")[0]))
    assert after_each_death(clinic, lambda: consumers.handle(message)) >= 12
    assert claims(clinic, "paid")


@pytest.mark.parametrize("kind", ["835", "277CA", "999"])
def test_a_spoilt_answer_is_refused_whole_and_moves_nothing(clinic: Clinic, kind: str) -> None:
    # Given a claim that was sent, and what the clearinghouse would answer
    house, random = holding(clinic), Random(f"spoilt {kind}")
    clinic.visit(clinic.insured)
    text = house.texts(kind)[0]
    start, refused = tables.image(), 0
    for _ in range(8):
        spoilt = spoil(text, random)
        tables.put_back(start)
        before = money(clinic)
        # When it comes in spoilt
        bring(clinic, spoilt)
        file = taken_in(clinic, spoilt.encode())
        # Then it is refused as a whole, with a reason and its place; or it is still a valid file
        if inspect("", spoilt.encode()).verdict == "refused":
            refused += 1
            assert file["status"] == "quarantined"
            assert all(reason["text"] and reason["segment"] >= 0 for reason in file["reasons"])
            assert file["reasons"]
            assert money(clinic) == before
    assert refused >= 4


def test_a_shared_mailbox_brings_a_remittance_to_its_payee(clinic: Clinic) -> None:
    house = holding(clinic)
    clinic.visit(clinic.insured)
    bring(clinic, house.texts("835")[0], shared=True)
    assert [claim["status"] for claim in claims(clinic, "paid")] == ["paid"]


def test_what_fits_no_practice_stays_sealed_and_operations_see_its_envelope(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in (acknowledgement_file().replace("1234567893", "1999999984"), "no X12 at all"):
        bring(clinic, text, shared=True)
    assert inbound(clinic) == []
    assert ops(["sealed"]) == 0
    shown = capsys.readouterr().out
    assert [json.loads(line)["why"] for line in shown.splitlines()] == ["unknown_payee"] * 2
    assert not any(name in shown for name in ("DOE", "JANE", "M0001", "300"))


def test_a_file_for_two_practices_goes_to_neither(clinic: Clinic) -> None:
    other = open_clinic(clinic.world, email="owner@oak.example", npi="1245319599", tin="981234567")
    files = []
    for each in (clinic, other):
        house = holding(each)
        each.visit(each.insured)
        files.append(house.texts("835")[0])
    joined = files[0] + files[1]
    bring(clinic, joined, shared=True)
    assert inbound(clinic) == inbound(other) == []
    assert {
        item["why"]["S"] for item in clinic.world.items() if item["kind"]["S"] == "sealed_file"
    } == {"several_payees"}
    for each, text in zip((clinic, other), files, strict=True):
        bring(each, text, shared=True)
        assert [claim["status"] for claim in claims(each, "paid")] == ["paid"]


def test_one_practice_does_not_take_the_payee_of_another(clinic: Clinic) -> None:
    thief = open_clinic(clinic.world, email="owner@thief.example", npi=BILLING["npi"])
    house = holding(clinic)
    clinic.visit(clinic.insured)
    bring(clinic, house.texts("835")[0], shared=True)
    assert inbound(thief) == []
    assert [claim["status"] for claim in claims(clinic, "paid")] == ["paid"]


def received(clinic: Clinic, key: str) -> str:
    """The message that says: this file has come."""
    now = clinic.world.clock.now()
    return Event("evt_1", "edi.received", clinic.practice_id, key, 1, now).to_json()


def taken_in(clinic: Clinic, data: bytes) -> dict[str, object]:
    """What the practice sees of the file with these bytes."""
    digest = sha256(data).hexdigest()
    return next(file for file in inbound(clinic) if file["sha256"] == digest)


def money(clinic: Clinic) -> list[object]:
    """All that money and claims have on record but files and what they were for."""
    kept = BOOKS - {"inbound_file"}
    return sorted((item for item in clinic.world.items() if item["kind"]["S"] in kept), key=repr)


def kinds_since(before: tables.Rows) -> set[str]:
    now = tables.rows()
    return {row["kind"]["S"] for key, row in now.items() if before.get(key) != row}


def spoil(text: str, random: Random) -> str:
    """Cut off, a segment lost, doubled or moved, or one digit another."""
    lines = text.split("~")
    at = random.randrange(1, len(lines) - 2)
    match random.randrange(5):
        case 0:
            return "~".join(lines[:at])
        case 1:
            return "~".join(lines[:at] + lines[at + 1 :])
        case 2:
            return "~".join(lines[: at + 1] + lines[at:])
        case 3:
            lines[at], lines[at + 1] = lines[at + 1], lines[at]
            return "~".join(lines)
        case _:
            places = [place for place, sign in enumerate(text) if sign.isdigit() and place > 110]
            place = random.choice(places)
            return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
