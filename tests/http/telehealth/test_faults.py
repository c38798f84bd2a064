"""Chime that does not answer, and processes that end on the way: nothing is half done."""

from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from tests import chime, tables
from tests.faults import Died, calls, dying, meanwhile
from tests.http.telehealth.video import OTHER_PHONE, Video, token_of
from tests.world import Answered

AT = "https://chime.invalid"
FAULTS: tuple[int | Exception, ...] = (
    400, 403, 429, 500, 503,
    ConnectTimeoutError(endpoint_url=AT), ReadTimeoutError(endpoint_url=AT),
    EndpointConnectionError(endpoint_url=AT),
)  # fmt: skip


def entering(at: Video) -> dict[str, Any]:
    """Every call to Chime, by the request that makes it."""
    at.provide()
    at.admitted()
    return {
        "CreateMeeting": at.provide,
        "CreateAttendee": at.knock,
        "DeleteAttendee": at.knock,
        "DeleteMeeting": at.end,
    }


def visit(at: Video) -> Any:
    (row,) = at.world.of_kind("video_visit")
    return row


@pytest.mark.parametrize(
    "operation", ["CreateMeeting", "CreateAttendee", "DeleteAttendee", "DeleteMeeting"]
)
def test_a_call_that_fails_is_a_503_and_changes_nothing(at: Video, operation: str) -> None:
    act = entering(at)[operation]
    if operation == "CreateMeeting":
        at.world.meetings.end(next(iter(at.world.meetings.live)))
        at.world.pump()
    kept = visit(at)
    for fault in FAULTS:
        with chime.failing(operation, fault) as failed:
            answer: Answered = act()
        assert failed, "it was asked"
        assert (answer.status, answer.json["code"]) == (503, "unavailable"), fault
        assert answer.headers["Retry-After"] == "2"
        assert "Diaz" not in answer.text
        assert visit(at) == kept, fault
    assert act().status == 200
    assert visit(at) != kept


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("operation", ["CreateMeeting", "CreateAttendee"])
def test_who_dies_on_the_way_in_finds_the_same_meeting(
    at: Video, operation: str, after: bool
) -> None:
    with chime.dying(operation, after=after), pytest.raises(Died):
        at.provide()
    joined = at.provide()
    assert joined.status == 200
    assert list(at.world.meetings.live) == [joined.json["meeting"]["MeetingId"]]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("operation", ["DeleteAttendee", "DeleteMeeting"])
def test_who_dies_on_the_way_out_can_end_it_again(at: Video, operation: str, after: bool) -> None:
    act = {"DeleteAttendee": lambda: at.decide("remove"), "DeleteMeeting": at.end}[operation]
    at.world.meetings.connect(at.admitted())
    with chime.dying(operation, after=after), pytest.raises(Died):
        act()
    assert act().status == 200
    assert not any(meeting.connected for meeting in at.world.meetings.live.values())
    assert at.knock().status == 409


def test_death_at_each_call_of_the_table_is_made_up_for(at: Video) -> None:
    """Of a patient's whole way in, and the way out."""
    steps = {
        "knock": at.knock,
        "join": at.provide,
        "admit": lambda: at.decide("admit"),
        "enter": at.knock,
        "leave": at.hang_up,
        "end": at.end,
    }
    died = 0
    for act in steps.values():
        kept = tables.image()
        with calls() as sent:
            act()
        for number in range(len(sent)):
            for after in (False, True):
                tables.put_back(kept)
                with dying(number, after=after), pytest.raises(Died):
                    act()
                assert act().status in (200, 204), (act, number, after)
                died += 1
        at.world.pump()
    assert died > 30
    assert len(at.encounter()["telehealth"]["attended"]) >= 1


def test_two_who_change_a_visit_at_once_are_told_to_try_again(at: Video) -> None:
    at.knock()
    with meanwhile(lambda: at.link("guest")):
        answer = at.decide("admit")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert at.room()["people"][0]["state"] == "waiting"
    assert at.decide("admit").status == 200


def test_of_two_devices_that_come_at_once_one_has_the_link(at: Video) -> None:
    with meanwhile(lambda: at.knock(device=OTHER_PHONE)):
        answer = at.knock()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert at.knock().json["code"] == "video_link_used"
    assert at.knock(device=OTHER_PHONE).json["state"] == "waiting"


def test_of_two_who_invite_the_last_guest_at_once_one_does(at: Video) -> None:
    for _ in range(3):
        at.link("guest")
    with meanwhile(lambda: at.link("guest")):
        answer = at.clinic.call("POST", f"{at.path}/links", {"for_whom": "guest"})
    assert answer.status == 503
    full = at.clinic.call("POST", f"{at.path}/links", {"for_whom": "guest"})
    assert full.json["code"] == "too_many_video_links"


def test_chime_is_told_ids_and_seats_and_nothing_of_anybody(at: Video) -> None:
    chime.asked.clear()
    guest = at.link("guest", relation="interpreter")
    at.provide()
    at.world.meetings.connect(at.admitted())
    at.knock(guest)
    at.decide("admit", "g1")
    token_of(at.knock(guest))
    at.decide("remove", "g1")
    at.end()
    told = "\n".join(chime.asked)
    assert len(chime.asked) > 5
    patient = at.clinic.call("GET", f"/v1/patients/{at.clinic.patient_id}").json
    for canary in (patient["name"]["family"], patient["name"]["given"], patient["mrn"], "1987",
                   at.clinic.patient_id, "Follow-up", "interpreter", "US-NY", "clinic.example"):  # fmt: skip
        assert canary not in told, canary
    assert "JoinToken" not in str(at.world.of_kind("video_visit")), "whoever has one is in"
