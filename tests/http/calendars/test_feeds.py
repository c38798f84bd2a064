"""Calendar feeds: what they show, to whom, since when; and when they open nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from icalendar import Calendar

from chalicelib.calendars import entries
from chalicelib.platform.outbox import OutboxItem
from chalicelib.platform.store import practice_scope
from tests.builders import scheduling
from tests.builders.scheduling import Clinic, add_practitioner
from tests.faults import meanwhile
from tests.world import Answered, World, add_member, step_up

MONDAY = "2026-03-02T{}:00-05:00"


@pytest.fixture
def clinic(world: World) -> Clinic:
    return scheduling.clinic(world)


def feed(clinic: Clinic, owner: str = "", **body: Any) -> str:
    """The path of a new feed's URL."""
    path = owner or f"practitioners/{clinic.practitioner_id}"
    answer = clinic.call("POST", f"/v1/{path}/calendar-feeds", body)
    assert answer.status == 201, answer.text
    url: str = answer.json["url"]
    return url[url.index("/v1/") :]


def asked(clinic: Clinic, path: str) -> Answered:
    clinic.world.pump()
    return clinic.world.call("GET", path)


def read(clinic: Clinic, path: str) -> list[dict[str, str]]:
    """Each event's properties, as text."""
    answer = asked(clinic, path)
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    found = Calendar.from_ical(answer.text).events
    return [
        {"at": str(event.start), **{name: str(event[name]) for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY")}}
        for event in found
    ]  # fmt: skip


def subjects(clinic: Clinic) -> list[set[str]]:
    """Whom each entry of the audit about a feed names."""
    rows = [row for row in clinic.world.items() if row["kind"]["S"] == "audit"]
    rows = [row for row in rows if row["action"]["S"] == "read_calendar"]
    rows.sort(key=lambda row: row["sk"]["S"])
    return [set(row.get("subjects", {}).get("SS", ())) for row in rows]


def test_a_practitioner_s_visits_are_shown_by_initials_and_type_alone(clinic: Clinic) -> None:
    path = feed(clinic)
    visit = clinic.booking(MONDAY.format("09:00"))
    (event,) = read(clinic, path)
    assert event == {
        "at": "2026-03-02 09:00:00-05:00",
        "UID": f"{visit}@careloom",
        "SEQUENCE": "0",
        "STATUS": "CONFIRMED",
        "SUMMARY": "AS Follow-up",
    }
    shown = asked(clinic, path).text
    patient = clinic.call("GET", f"/v1/patients/{clinic.patient_id}").json
    for hidden in (patient["name"]["family"], patient["mrn"], clinic.patient_id):
        assert hidden not in shown
    (named,) = read(clinic, feed(clinic, named=True))
    assert patient["name"]["family"] in named["SUMMARY"]


def test_moved_it_moves_and_cancelled_it_stays_with_a_higher_sequence(clinic: Clinic) -> None:
    path, visit = feed(clinic), clinic.booking(MONDAY.format("09:00"))
    assert [each["SEQUENCE"] for each in read(clinic, path)] == ["0"]
    moved = clinic.act(visit, "reschedule", {"starts_at": MONDAY.format("11:00")})
    assert moved.status == 200, moved.text
    (event,) = read(clinic, path)
    assert (event["at"], event["SEQUENCE"]) == ("2026-03-02 11:00:00-05:00", "1")
    assert clinic.act(visit, "cancel", {"reason": "pat"}).status == 200
    (event,) = read(clinic, path)
    assert (event["STATUS"], event["SEQUENCE"], event["UID"]) == (
        "CANCELLED",
        "2",
        f"{visit}@careloom",
    )


def test_one_that_goes_to_a_colleague_is_in_their_calendar(clinic: Clinic) -> None:
    colleague = add_practitioner(clinic.world, clinic.token, family_name="Roe")
    clinic.set_hours([clinic.rule("mon", "09:00", "17:00")], practitioner_id=colleague)
    own, theirs = feed(clinic), feed(clinic, f"practitioners/{colleague}")
    visit = clinic.booking(MONDAY.format("09:00"))
    assert (len(read(clinic, own)), len(read(clinic, theirs))) == (1, 0)
    body = {"starts_at": MONDAY.format("09:00"), "practitioner_id": colleague}
    assert clinic.act(visit, "reschedule", body).status == 200
    assert (len(read(clinic, own)), len(read(clinic, theirs))) == (0, 1)


def test_who_takes_part_beside_has_it_in_their_calendar_while_they_do(clinic: Clinic) -> None:
    colleague = add_practitioner(clinic.world, clinic.token, family_name="Roe")
    clinic.set_hours([clinic.rule("mon", "09:00", "17:00")], practitioner_id=colleague)
    own, theirs = feed(clinic), feed(clinic, f"practitioners/{colleague}")
    visit = clinic.booking(MONDAY.format("09:00"), other_practitioner_ids=[colleague])
    assert read(clinic, own) == read(clinic, theirs)
    body: dict[str, Any] = {"starts_at": MONDAY.format("10:00")}
    assert clinic.act(visit, "reschedule", body).status == 200
    assert [each["at"] for each in read(clinic, theirs)] == ["2026-03-02 10:00:00-05:00"]
    body = {**body, "practitioner_id": colleague, "other_practitioner_ids": []}
    assert clinic.act(visit, "reschedule", body).status == 200
    assert (len(read(clinic, own)), len(read(clinic, theirs))) == (0, 1)
    body = {**body, "practitioner_id": clinic.practitioner_id}
    assert clinic.act(visit, "reschedule", body).status == 200
    assert (len(read(clinic, own)), len(read(clinic, theirs))) == (1, 0)


def test_an_older_event_that_is_worked_off_at_the_same_moment_hides_no_newer_one(
    clinic: Clinic,
) -> None:
    path, visit = feed(clinic), clinic.booking(MONDAY.format("09:00"))
    told = clinic.world.of_kind("outbox")
    (booked,) = (each for each in told if each["type"]["S"] == "appointment.booked")
    message = OutboxItem.from_raw_data(booked).event().to_json()
    older = _entry_of(clinic, visit)
    assert clinic.act(visit, "reschedule", {"starts_at": MONDAY.format("11:00")}).status == 200
    with meanwhile(older):
        assert clinic.world.deliver("scheduling", [message]) == ["0"]
    assert clinic.world.deliver("scheduling", [message]) == []
    assert [each["at"] for each in read(clinic, path)] == ["2026-03-02 11:00:00-05:00"]


def _entry_of(clinic: Clinic, visit: str) -> Callable[[], None]:
    """What a consumer does that has read the visit as it is now, when it comes to write."""
    with clinic.working() as context:
        entries.show(context, visit)

    def commit() -> None:
        with practice_scope(clinic.practice_id):
            context.work.commit()

    return commit


def test_an_event_that_comes_late_or_again_changes_nothing(clinic: Clinic) -> None:
    path, visit = feed(clinic), clinic.booking(MONDAY.format("09:00"))
    booked = [row for row in clinic.world.items() if row["kind"]["S"] == "outbox"]
    assert booked
    clinic.act(visit, "cancel", {"reason": "pat"})
    first = read(clinic, path)
    clinic.world.pump()
    assert read(clinic, path) == first
    assert first[0]["STATUS"] == "CANCELLED"


def test_a_patient_s_feed_has_their_visits_and_no_others(clinic: Clinic) -> None:
    other = scheduling.add_patient(clinic.world, clinic.token)
    visit = clinic.booking(MONDAY.format("09:00"))
    clinic.booking(MONDAY.format("10:00"), patient_id=other)
    path = feed(clinic, f"patients/{clinic.patient_id}")
    (event,) = read(clinic, path)
    assert (event["UID"], event["SUMMARY"]) == (f"{visit}@careloom", "Appointment, Main")
    assert subjects(clinic) == [{clinic.patient_id}]


def test_the_audit_names_a_patient_when_a_reader_is_shown_something_new(clinic: Clinic) -> None:
    path = feed(clinic)
    visit = clinic.booking(MONDAY.format("09:00"))
    read(clinic, path)
    clinic.world.clock.advance(minutes=5)
    read(clinic, path)
    read(clinic, path)
    clinic.later(minutes=5)
    clinic.act(visit, "cancel", {"reason": "pat"})
    clinic.world.pump()
    clinic.world.clock.advance(minutes=5)
    read(clinic, path)
    read(clinic, path)
    them: set[str] = {clinic.patient_id}
    assert subjects(clinic) == [them, them, set(), them, set()]


@pytest.mark.parametrize("spoil", ["last", "feed", "owner", "practice", "cut", "empty-ish"])
def test_a_wrong_secret_is_not_found(clinic: Clinic, spoil: str) -> None:
    path = feed(clinic)
    ids, _, mac = path.rpartition(".")
    wrong = {
        "last": f"{ids}.{mac[:-1]}{'0' if mac[-1] != '0' else '1'}",
        "feed": path.replace("cal_0", "cal_1"),
        "owner": path.replace("pra_0", "pra_1"),
        "practice": path.replace("prc_0", "prc_1"),
        "cut": ids,
        "empty-ish": "/v1/calendars/...",
    }[spoil]
    answer = asked(clinic, wrong)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_revoked_it_opens_nothing_and_others_go_on(clinic: Clinic) -> None:
    revoked, kept = feed(clinic), feed(clinic)
    path = f"/v1/practitioners/{clinic.practitioner_id}/calendar-feeds"
    listed = clinic.call("GET", path)
    assert "url" not in listed.text
    assert revoked.rpartition(".")[2] not in str(clinic.world.items())
    (first,) = (each for each in listed.json["items"] if each["id"] in revoked)
    assert clinic.call("DELETE", f"{path}/{first['id']}", If_Match='"1"').status == 204
    assert (asked(clinic, revoked).status, asked(clinic, kept).status) == (404, 200)


def test_it_ends_with_the_practitioner_s_membership(clinic: Clinic) -> None:
    _, user_id = add_member(clinic.world, clinic.owner, "clinician", email="doc@clinic.example")
    doctor = add_practitioner(clinic.world, clinic.token, family_name="Doc", user_id=user_id)
    path = feed(clinic, f"practitioners/{doctor}")
    assert asked(clinic, path).status == 200
    step_up(clinic.world, clinic.owner)
    suspended = clinic.world.call("POST", f"/v1/members/{user_id}/suspend", token=clinic.owner)
    assert suspended.status == 200, suspended.text
    assert asked(clinic, path).status == 404


def test_there_are_ten_at_most(clinic: Clinic) -> None:
    for _ in range(10):
        feed(clinic)
    path = f"/v1/practitioners/{clinic.practitioner_id}/calendar-feeds"
    refused = clinic.call("POST", path, {})
    assert (refused.status, refused.json["code"]) == (409, "too_many_feeds")
