"""Wishes: entered, changed, withdrawn, listed; and over when the patient is booked or seen no more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders.patients import demographics
from tests.builders.scheduling import ADDRESSES, add_type, made
from tests.builders.waitlist import LATER, NINE, TEN, Waiting
from tests.world import add_member, sign_in, step_up

NOBODY = "00000000000000000000000000"


def test_a_wish_is_kept_as_it_was_entered(at: Waiting) -> None:
    wished = {
        "practitioner_ids": [at.clinic.practitioner_id],
        "location_ids": [at.clinic.location_id],
        "weekdays": ["mon", "wed"],
        "times": [{"starts": "08:00:00", "ends": "12:00:00"}],
        "first_day": "2026-03-03",
        "last_day": "2026-04-30",
        "keep_until": "2026-05-01",
        "urgency": "soon",
        "notice_minutes": 120,
        "source": "phone",
    }
    answer = at.ask("Amy", **wished)
    assert answer.status == 201
    found = at.read(answer.json["id"])
    assert {name: found[name] for name in wished} == wished
    assert (found["status"], found["history"], found["version"]) == ("waiting", [], 1)


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"type_id": f"typ_{NOBODY}"}, "type_id", "not_found"),
        ({"patient_id": f"pat_{NOBODY}"}, "patient_id", "not_found"),
        ({"practitioner_ids": [f"pra_{NOBODY}"]}, "practitioner_ids.0", "not_found"),
        ({"location_ids": [f"loc_{NOBODY}"]}, "location_ids.0", "not_found"),
        ({"appointment_id": f"apt_{NOBODY}"}, "appointment_id", "not_found"),
        ({"times": [{"starts": "12:00", "ends": "12:00"}]}, "times.0.ends", "before_start"),
        ({"first_day": "2026-03-09", "last_day": "2026-03-08"}, "last_day", "before_first"),
        ({"last_day": "2026-03-01"}, "last_day", "in_the_past"),
        ({"keep_until": "2026-03-01"}, "keep_until", "in_the_past"),
        ({"keep_until": "2029-03-01"}, "keep_until", "too_far"),
    ],
)
def test_what_cannot_be_wished_is_named(
    at: Waiting, over: dict[str, Any], field: str, code: str
) -> None:
    answer = at.ask("Amy", **over)
    assert answer.status == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


def test_a_visit_to_be_moved_is_the_patient_s_of_the_type_and_ahead(at: Waiting) -> None:
    own = at.clinic.booking(LATER, patient_id=at.patient("Amy"))
    other = at.clinic.booking(TEN, patient_id=at.patient("Bo"))
    kind = add_type(at.world, at.clinic.token, name="Else")
    for over, code in (
        ({"appointment_id": other}, "other_patient"),
        ({"appointment_id": own, "type_id": kind}, "other_type"),
    ):
        assert at.ask("Amy", **over).json["errors"][0]["code"] == code
    at.clinic.act(own, "cancel", {"reason": "pat"})
    assert at.ask("Amy", appointment_id=own).json["errors"][0]["code"] == "not_ahead"


def test_a_wish_is_changed_and_withdrawn_by_who_knows_its_version(at: Waiting) -> None:
    wish = at.wish("Amy")
    path, body = f"/v1/waitlist/{wish}", {"type_id": at.clinic.type_id, "urgency": "urgent"}
    assert at.clinic.call("PUT", path, body).status == 428
    assert at.clinic.call("PUT", path, body, If_Match='"7"').status == 412
    changed = at.clinic.call("PUT", path, body, If_Match='"1"')
    assert (changed.json["urgency"], changed.json["version"]) == ("urgent", 2)
    assert at.clinic.call("DELETE", path, If_Match='"2"').status == 204
    assert at.read(wish)["status"] == "withdrawn"
    for answer in (
        at.clinic.call("PUT", path, body, If_Match='"3"'),
        at.clinic.call("DELETE", path, If_Match='"3"'),
    ):
        assert (answer.status, answer.json["code"]) == (409, "wish_over")


def test_withdrawing_gives_what_is_offered_to_the_next(at: Waiting) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    at.carry()
    version = at.read(first)["version"]
    at.clinic.call("DELETE", f"/v1/waitlist/{first}", If_Match=f'"{version}"')
    at.carry()
    assert (at.offers(first), at.offers(second)) == ([("taken_back", TEN)], [("open", TEN)])


def test_the_list_has_who_is_offered_first_first_page_by_page(at: Waiting) -> None:
    wishes = [at.wish(name) for name in ("Amy", "Bo", "Cy")]
    urgent = at.wish("Dee", urgency="urgent", location_ids=[at.clinic.location_id])
    expected, seen, cursor = [urgent, *wishes], [], ""
    while cursor is not None:
        page = at.clinic.call("GET", f"/v1/waitlist?limit=3{cursor and '&cursor=' + cursor}").json
        seen += [(each["wish"]["id"], each["patient_name"]) for each in page["items"]]
        cursor = page["next_cursor"]
    assert [wish for wish, _ in seen] == expected
    assert seen[0][1] == "Dee Waits"


def test_the_list_is_filtered_by_type_place_and_patient(at: Waiting) -> None:
    kind = add_type(at.world, at.clinic.token, name="Else")
    place = {"name": "Annex", "time_zone": "America/New_York"}
    address = {"line1": "1 Main St", "city": "New York", "state": "NY", "postal_code": "10001"}
    annex = made(at.clinic.call("POST", "/v1/locations", {**place, "address": address}))
    here = at.wish("Amy", location_ids=[at.clinic.location_id])
    there = at.wish("Bo", location_ids=[annex])
    anywhere = at.wish("Cy", type_id=kind)
    assert _listed(at, f"location_id={annex}") == [there, anywhere]
    assert _listed(at, f"location_id={at.clinic.location_id}") == [here, anywhere]
    assert _listed(at, f"type_id={kind}") == [anywhere]
    version = at.read(here)["version"]
    at.clinic.call("DELETE", f"/v1/waitlist/{here}", If_Match=f'"{version}"')
    assert _listed(at, f"location_id={at.clinic.location_id}") == [anywhere]
    assert _listed(at, f"patient_id={at.people['Amy']}") == [here], "past ones, too"


def _listed(at: Waiting, query: str) -> list[str]:
    items = at.clinic.call("GET", f"/v1/waitlist?{query}").json["items"]
    return [each["wish"]["id"] for each in items]


def test_a_patient_has_twenty_wishes_at_most(at: Waiting) -> None:
    for _ in range(20):
        at.wish("Amy")
    refused = at.ask("Amy")
    assert (refused.status, refused.json["code"]) == (409, "too_many_wishes")


def test_who_may_not_book_enters_no_wish(at: Waiting) -> None:
    biller, _ = add_member(at.world, at.clinic.owner, "biller", email="bill@clinic.example")
    body = {"patient_id": at.patient("Amy"), "type_id": at.clinic.type_id}
    assert at.world.call("POST", "/v1/waitlist", body, token=biller).status == 403
    assert at.world.call("GET", "/v1/waitlist", token=biller).status == 200


def test_who_is_limited_to_a_place_sees_who_would_come_there(at: Waiting) -> None:
    place = {"name": "Annex", "time_zone": "America/New_York", "address": ADDRESSES["US"]}
    annex = made(at.clinic.call("POST", "/v1/locations", place))
    here, there = (at.wish("Amy", location_ids=[each]) for each in (at.clinic.location_id, annex))
    anywhere = at.wish("Bo")
    desk, user = add_member(at.world, at.clinic.owner, "front_desk", email="desk@clinic.example")
    path = f"/v1/members/{user}"
    etag = at.world.call("GET", path, token=at.clinic.owner).etag
    step_up(at.world, at.clinic.owner)
    limit = {"location_ids": [annex]}
    limited = at.world.call("PUT", f"{path}/locations", limit, token=at.clinic.owner, If_Match=etag)
    assert limited.status == 200, limited.text
    items = at.world.call("GET", "/v1/waitlist", token=desk).json["items"]
    assert [each["wish"]["id"] for each in items] == [there, anywhere]
    assert at.world.call("GET", f"/v1/waitlist/{here}", token=desk).status == 404
    body = {"patient_id": at.people["Cy"], "type_id": at.clinic.type_id}
    for given, field in (
        ({"location_ids": [at.clinic.location_id]}, "location_ids.0"),
        ({"location_ids": [annex, f"loc_{NOBODY}"]}, "location_ids.1"),
    ):
        refused = at.world.call("POST", "/v1/waitlist", {**body, **given}, token=desk)
        assert [each["field"] for each in refused.json["errors"]] == [field]
    offer = {"practitioner_id": at.clinic.practitioner_id, "location_id": at.clinic.location_id}
    path = f"/v1/waitlist/{anywhere}/offers"
    refused = at.world.call("POST", path, {**offer, "starts_at": TEN}, token=desk)
    assert refused.json["errors"][0]["field"] == "location_id"


def test_a_visit_booked_in_any_way_ends_the_wish_for_it(at: Waiting) -> None:
    kind = add_type(at.world, at.clinic.token, name="Else")
    wish, other = at.wish("Amy"), at.wish("Amy", type_id=kind)
    early = at.wish("Amy", last_day="2026-03-10")
    visit = at.clinic.booking(LATER, patient_id=at.people["Amy"])
    at.carry()
    assert (at.read(wish)["status"], at.read(wish)["booked_id"]) == ("booked", visit)
    assert at.read(other)["status"] == "waiting", "it is of another type"
    assert at.read(early)["status"] == "waiting", "it is after the last day"
    assert _listed(at, "") == [other, early]


def test_what_was_booked_before_a_wish_does_not_end_it(at: Waiting) -> None:
    at.clinic.booking(LATER, patient_id=at.patient("Amy"))
    at.world.clock.advance(minutes=1)
    wish = at.wish("Amy")
    at.carry()
    assert at.read(wish)["status"] == "waiting"


def test_booking_who_has_an_offer_gives_it_to_the_next(at: Waiting) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    at.carry()
    at.clinic.booking(NINE, patient_id=at.people["Amy"])
    at.carry()
    assert (at.offers(first), at.offers(second)) == ([("taken_back", TEN)], [("open", TEN)])
    assert at.read(first)["status"] == "booked"


def test_a_visit_that_staff_move_earlier_ends_the_wish_to_have_it_moved(at: Waiting) -> None:
    visit = at.clinic.booking(LATER, patient_id=at.patient("Amy"))
    wish = at.wish("Amy", appointment_id=visit)
    later = "2026-03-26T09:00:00-04:00"
    at.clinic.act(visit, "reschedule", {"starts_at": later})
    at.carry()
    assert at.read(wish)["status"] == "waiting"
    at.clinic.act(visit, "reschedule", {"starts_at": LATER})
    at.carry()
    assert (at.read(wish)["status"], at.read(wish)["booked_id"]) == ("booked", visit)


def test_who_has_come_to_the_later_visit_waits_for_no_earlier_one(at: Waiting) -> None:
    visit = at.clinic.booking(NINE, patient_id=at.patient("Amy"))
    wish = at.wish("Amy", appointment_id=visit)
    at.world.clock.instant = datetime(2026, 3, 4, 13, 55, tzinfo=UTC)
    at.clinic.token = sign_in(at.world, at.clinic.email)
    assert at.clinic.act(visit, "check-in").status == 200
    at.carry()
    assert (at.read(wish)["status"], at.read(wish)["booked_id"]) == ("booked", visit)


def test_a_visit_that_is_booked_again_after_an_error_ends_the_wish(at: Waiting) -> None:
    visit = at.clinic.booking(LATER, patient_id=at.patient("Amy"))
    at.carry()
    at.clinic.act(visit, "cancel", {"reason": "oth-err"})
    at.world.clock.advance(minutes=1)
    wish = at.wish("Amy")
    again = at.clinic.act(visit, "reinstate", {})
    assert again.status == 200, again.text
    at.carry()
    assert (at.read(wish)["status"], at.read(wish)["booked_id"]) == ("booked", visit)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "inactive"}, "inactive"),
        ({"deceased": True, "deceased_on": "2026-03-01"}, "deceased"),
    ],
)
def test_who_is_seen_no_more_waits_no_more(at: Waiting, change: dict[str, Any], why: str) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    at.carry()
    path = f"/v1/patients/{at.people['Amy']}"
    changed = at.clinic.call("PUT", path, demographics(**change), If_Match='"1"')
    assert changed.status == 200, changed.text
    at.carry()
    found = at.read(first)
    assert (found["status"], found["reason"]) == ("closed", why)
    assert (at.offers(first), at.offers(second)) == ([("taken_back", TEN)], [("open", TEN)])
    refused = at.ask("Amy")
    assert refused.json["errors"][0]["code"] == "not_active"


def test_a_wish_lapses_after_the_day_until_which_it_is_kept(at: Waiting) -> None:
    wish = at.wish("Amy", keep_until="2026-03-03")
    at.later(hours=37)
    assert at.read(wish)["status"] == "waiting"
    at.later(hours=2, minutes=1)
    assert (at.read(wish)["status"], at.read(wish)["reason"]) == ("closed", "lapsed")
    at.freed()
    at.carry()
    assert at.offers(wish) == []
