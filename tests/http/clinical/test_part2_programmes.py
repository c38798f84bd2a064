"""42 CFR Part 2: a programme's visits carry it, its counselling notes are guarded, its charts documented."""

from typing import Any

import pytest

from chalicelib.patients.part2_notice import NOTICE
from chalicelib.platform.ids import derived_id
from tests.builders.circle import EMERGENCY, Circle, circle
from tests.builders.clinical import Clinician
from tests.builders.custody import kept, write_export
from tests.http.clinical.test_encounters import APPOINTMENT, _checked_in
from tests.world import World

COUNSELLING = {"text": "What she said of her drinking.", "note_kind": "sud_counselling"}


@pytest.fixture
def at(world: World) -> Circle:
    return circle(world)


def _mark_provider(her: Clinician, marked: Any = True) -> Any:
    """The practitioner's details again, with or without the mark."""
    path = f"/v1/practitioners/{her.practitioner_id}"
    now = her.world.call("GET", path, token=her.owner)
    body = {name: now.json[name] for name in ("family_name", "given_name", "user_id", "npi")}
    if marked is not None:
        body["part2_programme"] = marked
    answer = her.world.call("PUT", path, body, token=her.owner, If_Match=now.etag)
    assert answer.status == 200, answer.text
    return answer.json["part2_programme"]


def _mark_practice(her: Clinician) -> None:
    now = her.world.call("GET", "/v1/practice", token=her.owner)
    body = {"part2_programme": True}
    answer = her.world.call("PATCH", "/v1/practice", body, token=her.owner, If_Match=now.etag)
    assert (answer.status, answer.json["part2_programme"]) == (200, True)


def _rows(world: World, kind: str) -> int:
    return sum(row["kind"]["S"] == kind for row in world.items())


def test_visits_of_a_programmes_provider_carry_it_for_good(at: Circle) -> None:
    her = at.her
    before = her.encounter()
    assert _mark_provider(her) is True
    during = her.encounter()
    again = her.encounter()
    assert _mark_provider(her, None) is True, "left out, it stays as it was"
    assert _mark_provider(her, False) is False
    after = her.encounter()
    found = [her.read(each)["part2_programme"] for each in (before, during, again, after)]
    assert found == [False, True, True, False]
    assert _rows(her.world, "part2_record") == 1


def test_a_visit_that_a_check_in_begins_carries_it_too(at: Circle) -> None:
    _mark_provider(at.her)
    assert at.world.deliver("clinical", [_checked_in(at.her)] * 2) == []
    assert at.her.read(derived_id("enc", APPOINTMENT))["part2_programme"] is True
    assert _rows(at.world, "part2_record") == 1


def test_all_visits_of_a_practice_that_is_a_programme_carry_it(at: Circle) -> None:
    _mark_practice(at.her)
    assert at.her.read(at.her.encounter())["part2_programme"] is True
    at.world.deliver("clinical", [_checked_in(at.her)])
    assert at.her.read(derived_id("enc", APPOINTMENT))["part2_programme"] is True


def test_counselling_notes_are_their_authors_alone(at: Circle) -> None:
    path = f"{at.patient}/psychotherapy-notes"
    refused = at.call("treating", "POST", path, COUNSELLING)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "note_kind")
    _mark_provider(at.her)
    note = at.done("treating", "POST", path, COUNSELLING)
    assert note["note_kind"] == "sud_counselling"
    own = at.done("treating", "GET", f"{path}/{note['id']}")
    assert (own["note_kind"], own["text"]) == ("sud_counselling", COUNSELLING["text"])
    assert at.call("colleague", "GET", f"{path}/{note['id']}").status == 404
    assert "drinking" not in str(at.world.items())
    plain = at.done("treating", "POST", path, {"text": "Of her mother."})
    assert plain["note_kind"] == "psychotherapy"


def test_breaking_the_glass_of_such_a_chart_is_documented_as_an_emergency_disclosure(
    at: Circle,
) -> None:
    _mark_provider(at.her)
    at.her.encounter()
    opened = at.break_glass("colleague").json
    practice = at.done("owner", "GET", "/v1/practice")["name"]
    member = at.done("owner", "GET", f"/v1/members/{at.users['colleague']}")["name"]
    assert opened["emergency_disclosure"] == {
        "recipient": member,
        "affiliation": practice,
        "disclosed_by": f"{member} ({at.users['colleague']})",
        "disclosed_at": opened["opened_at"],
        "nature": EMERGENCY["explanation"],
    }
    reviewed = at.done("owner", "GET", f"{at.patient}/break-glass/{opened['id']}")
    assert reviewed["emergency_disclosure"] == opened["emergency_disclosure"]


def test_breaking_the_glass_of_another_chart_is_none(at: Circle) -> None:
    at.her.encounter()
    assert at.break_glass("colleague").json["emergency_disclosure"] is None


def test_an_export_carries_the_notice_where_such_records_are_in_it(at: Circle) -> None:
    practice_id = at.her.practice_id
    at.her.encounter()
    assert "notice" not in kept(practice_id, write_export(practice_id)).manifest
    _mark_provider(at.her)
    at.her.encounter()
    assert kept(practice_id, write_export(practice_id)).manifest["notice"] == NOTICE
