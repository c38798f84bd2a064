"""Addenda: the one way to correct what is signed."""

from typing import Any

import pytest

from tests.builders.clinical import Clinician, clinician
from tests.faults import calls
from tests.world import Answered, World, add_member


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _add(
    her: Clinician, encounter_id: str, text: Any = "Left, not right.", **over: Any
) -> Answered:
    return her.call("POST", her.path(encounter_id, "/addenda"), {"text": text, **over})


def test_an_addendum_is_signed_and_leaves_what_was_signed(her: Clinician) -> None:
    encounter_id = her.signed()
    before = her.read(encounter_id)
    her.world.clock.advance(minutes=9)
    added = _add(her, encounter_id)
    assert added.status == 201, added.text
    after = her.read(encounter_id)
    assert after.pop("addenda") == [added.json]
    assert added.json["text"] == "Left, not right."
    assert (added.json["signed_by"], added.json["signed_at"]) == (
        her.user_id,
        "2026-03-02T14:09:00Z",
    )
    assert after == {**{k: v for k, v in before.items() if k != "addenda"}, "version": 4}


def test_addenda_come_in_the_order_they_were_added(her: Clinician) -> None:
    encounter_id = her.signed()
    colleague, _ = add_member(her.world, her.owner, "clinician", email="bo@clinic.example")
    texts = ["First.", "Second: nô.", "Third."]
    path = her.path(encounter_id, "/addenda")
    for text, token in zip(texts, (her.token, colleague, her.token), strict=True):
        assert her.world.call("POST", path, {"text": text}, token=token).status == 201
    assert [each["text"] for each in her.read(encounter_id)["addenda"]] == texts


def test_an_addendum_is_one_transaction_and_reads_nothing(her: Clinician) -> None:
    encounter_id = her.signed()
    with calls() as sent:
        assert _add(her, encounter_id).status == 201
    assert sent == ["BatchGetItem", "TransactWriteItems"]


def test_sent_twice_with_one_key_it_is_added_once(her: Clinician) -> None:
    encounter_id = her.signed()
    path, body = her.path(encounter_id, "/addenda"), {"text": "Once."}
    first = her.call("POST", path, body, Idempotency_Key="k1")
    again = her.call("POST", path, body, Idempotency_Key="k1")
    assert (first.status, first.text) == (201, again.text)
    assert len(her.read(encounter_id)["addenda"]) == 1


def test_a_draft_takes_no_addenda(her: Clinician) -> None:
    encounter_id = her.documented()
    answer = _add(her, encounter_id)
    assert (answer.status, answer.json["code"]) == (409, "encounter_not_signed")
    mistaken = her.encounter()
    her.call("POST", her.path(mistaken, "/entered-in-error"))
    assert _add(her, mistaken).json["code"] == "encounter_not_signed"
    assert her.read(encounter_id)["addenda"] == []


def test_an_encounter_that_is_not_there_takes_none(her: Clinician) -> None:
    assert _add(her, f"enc_{'0' * 26}").status == 404


def test_an_encounter_takes_a_hundred_addenda(her: Clinician) -> None:
    encounter_id = her.signed()
    her.alter("encounter", addenda={"SS": [f"not_{at:026}" for at in range(99)]})
    assert _add(her, encounter_id).status == 201
    answer = _add(her, encounter_id)
    assert (answer.status, answer.json["code"]) == (409, "too_many_addenda")


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001, 7, None])
def test_an_addendum_without_a_text_is_malformed(her: Clinician, text: Any) -> None:
    assert _add(her, her.signed(), text).status == 400


def test_a_nurse_adds_none(her: Clinician) -> None:
    encounter_id = her.signed()
    nurse, _ = add_member(her.world, her.owner, "nurse")
    path = her.path(encounter_id, "/addenda")
    assert her.world.call("POST", path, {"text": "x"}, token=nurse).status == 403


def test_an_addendum_that_was_meddled_with_or_lost_is_not_shown(her: Clinician) -> None:
    import gzip

    encounter_id = her.signed()
    assert _add(her, encounter_id).status == 201
    her.alter("addendum", text={"B": gzip.compress(b"Right, not left.")})
    answer = her.call("GET", her.path(encounter_id))
    assert (answer.status, answer.json["code"]) == (500, "note_damaged")
    her.alter("addendum", kind={"S": "mislaid"})
    assert her.call("GET", her.path(encounter_id)).json["code"] == "note_damaged"
