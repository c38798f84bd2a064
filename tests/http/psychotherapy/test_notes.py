"""Psychotherapy notes: written, read, signed and added to by their author, and by nobody else."""

import boto3
import pytest

from chalicelib.platform.config import settings
from tests.builders.circle import Circle, circle
from tests.world import World

WORDS = {"text": "Canary-mother: what she said, and what I made of it. Nguyễn."}
MORE = {"text": "Canary-later."}


@pytest.fixture
def at(world: World) -> Circle:
    return circle(world)


def _notes(at: Circle) -> str:
    return f"{at.patient}/psychotherapy-notes"


def _note(at: Circle, *, signed: bool = False) -> str:
    """The path of a note of the treating clinician's."""
    made = at.done("treating", "POST", _notes(at), WORDS)
    path = f"{_notes(at)}/{made['id']}"
    if signed:
        at.done("treating", "POST", f"{path}/sign", {"expected_version": 1})
    return path


def test_the_author_reads_what_they_wrote(at: Circle) -> None:
    path = _note(at)
    read = at.done("treating", "GET", path)
    assert (read["text"], read["status"], read["addenda"]) == (WORDS["text"], "draft", [])
    (listed,) = at.done("treating", "GET", _notes(at))["items"]
    assert listed == {key: read[key] for key in listed}
    assert "text" not in listed


def test_an_answer_to_a_write_does_not_repeat_it(at: Circle) -> None:
    made = at.call("treating", "POST", _notes(at), WORDS, Idempotency_Key="k1")
    path = f"{_notes(at)}/{made.json['id']}"
    saved = at.call("treating", "PUT", path, MORE, If_Match='"1"')
    signed = at.call("treating", "POST", f"{path}/sign", {"expected_version": 2})
    added = at.call("treating", "POST", f"{path}/addenda", MORE, Idempotency_Key="k2")
    assert [each.status for each in (made, saved, signed, added)] == [201, 200, 200, 201]
    assert not [each for each in (made, saved, signed, added) if "anary" in each.text]


def test_nothing_that_is_stored_shows_a_word_of_it(at: Circle) -> None:
    path = _note(at, signed=True)
    at.done("treating", "POST", f"{path}/addenda", MORE, Idempotency_Key="k1")
    at.done("treating", "GET", path)
    at.world.pump()
    assert len([row for row in at.world.items() if "psychotherapy" in row["kind"]["S"]]) == 2
    assert "anary" not in str(at.world.items())


def test_two_authors_have_two_keys(at: Circle) -> None:
    """What is sealed for one does not open at the other's, moved there by whatever hand."""
    path = _note(at)
    (row,) = (each for each in at.world.items() if each["kind"]["S"] == "psychotherapy_note")
    moved = row["sk"]["S"].replace(at.users["treating"], at.users["colleague"])
    boto3.client("dynamodb").put_item(TableName=settings().table, Item={**row, "sk": {"S": moved}})
    answer = at.call("colleague", "GET", path)
    assert (answer.status, answer.json["code"]) == (500, "psychotherapy_note_damaged")
    assert at.call("treating", "GET", path).status == 200


def test_a_colleague_finds_nothing_not_even_on_the_care_team_or_by_break_glass(at: Circle) -> None:
    path = _note(at, signed=True)
    at.break_glass("colleague")
    for step in ("glass broken", "on the team"):
        if step == "on the team":
            at.done("colleague", "POST", f"{at.patient}/care-team", _JOINING)
        assert at.call("colleague", "GET", path).status == 404, step
        assert at.done("colleague", "GET", _notes(at))["items"] == []
        assert at.call("colleague", "PUT", path, MORE, If_Match='"2"').status == 404
        assert at.call("colleague", "POST", f"{path}/addenda", MORE).status == 404
        body = {"expected_version": 2}
        assert at.call("colleague", "POST", f"{path}/sign", body).status == 404


@pytest.mark.parametrize("who", ["owner", "nurse", "biller"])
def test_no_other_role_has_a_way_in(at: Circle, who: str) -> None:
    for path in (_notes(at), _note(at)):
        assert at.call(who, "GET", path).status == 403


def test_the_chart_does_not_tell_of_it_not_even_to_its_author(at: Circle) -> None:
    before = at.call("treating", "GET", f"{at.patient}/chart").text
    _note(at)
    assert at.call("treating", "GET", f"{at.patient}/chart").text == before


def test_what_is_signed_takes_addenda_only(at: Circle) -> None:
    path = _note(at, signed=True)
    for method, tail, body, headers in (
        ("PUT", "", MORE, {"If_Match": '"2"'}),
        ("POST", "/sign", {"expected_version": 2}, {}),
    ):
        answer = at.call("treating", method, f"{path}{tail}", body, **headers)
        assert (answer.status, answer.json["code"]) == (409, "psychotherapy_note_locked")
    for text in ("Canary-1", "Canary-2"):
        at.done("treating", "POST", f"{path}/addenda", {"text": text})
    read = at.done("treating", "GET", path)
    assert read["text"] == WORDS["text"]
    assert [each["text"] for each in read["addenda"]] == ["Canary-1", "Canary-2"]


def test_a_draft_takes_no_addendum_and_is_signed_as_it_was_read(at: Circle) -> None:
    path = _note(at)
    answer = at.call("treating", "POST", f"{path}/addenda", MORE)
    assert (answer.status, answer.json["code"]) == (409, "psychotherapy_note_not_signed")
    at.done("treating", "PUT", path, MORE, If_Match='"1"')
    assert at.call("treating", "PUT", path, WORDS, If_Match='"1"').status == 412
    assert at.call("treating", "POST", f"{path}/sign", {"expected_version": 1}).status == 412


def test_a_signed_note_that_was_altered_is_not_shown(at: Circle) -> None:
    path = _note(at, signed=True)
    (row,) = (each for each in at.world.items() if each["kind"]["S"] == "psychotherapy_note")
    forged = {**row, "sealed": {"S": row["sealed"]["S"][:-4] + "AAAA"}}
    boto3.client("dynamodb").put_item(TableName=settings().table, Item=forged)
    answer = at.call("treating", "GET", path)
    assert (answer.status, answer.json["code"]) == (500, "psychotherapy_note_damaged")


@pytest.mark.parametrize("field", ["diagnosis", "medication", "started_at", "plan", "modality"])
def test_what_belongs_in_a_progress_note_has_no_field_here(at: Circle, field: str) -> None:
    answer = at.call("treating", "POST", _notes(at), {**WORDS, field: "x"})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


_JOINING = {"role": "treating", "reason": "Takes part in the treatment."}
