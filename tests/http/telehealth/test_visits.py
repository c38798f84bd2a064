"""A visit by video: the waiting room, being let in, who may, and when."""

import pytest

from chalicelib.messaging.video_tokens import video_token
from tests.http.telehealth.video import OTHER_PHONE, READY, Video, token_of
from tests.world import add_member


def test_a_patient_waits_until_the_provider_lets_them_in(at: Video) -> None:
    assert at.look().json["open"] is True
    waiting = at.knock()
    assert waiting.json == {"state": "waiting", "ask_again_seconds": 5, "credentials": None}
    assert at.clinic.call("GET", at.path).json["people"][0]["state"] == "waiting"
    at.world.pump()
    assert at.clinic.read(at.appointment_id)["progress"] == "arrived"
    joined = at.provide()
    assert (
        joined.json["meeting"]["ExternalMeetingId"]
        == f"{at.clinic.practice_id}.{at.appointment_id}"
    )
    assert at.decide("admit").json["people"][0]["state"] == "admitted"
    inside = at.knock()
    assert inside.json["state"] == "admitted"
    assert inside.json["credentials"]["meeting"] == joined.json["meeting"]
    for answer in (joined, inside):
        at.world.meetings.connect(token_of(answer))
    at.world.pump()
    assert at.clinic.read(at.appointment_id)["progress"] == "with_provider"


def test_the_meeting_is_made_when_the_first_one_enters(at: Video) -> None:
    at.look()
    at.knock()
    assert at.world.meetings.live == {}
    at.provide()
    assert len(at.world.meetings.live) == 1


def test_the_provider_sees_who_still_waits(at: Video) -> None:
    at.knock()
    seen = [at.room()["people"][0]["seen_at"]]
    for seconds in (19, 1, 60):
        at.world.clock.advance(seconds=seconds)
        at.knock()
        seen.append(at.room()["people"][0]["seen_at"])
    assert seen == [f"2026-03-02T14:{at}Z" for at in ("00:00", "00:00", "00:20", "01:20")]
    at.hang_up()
    assert at.room()["people"][0]["seen_at"] is None
    assert at.knock().json["state"] == "waiting"
    assert at.room()["people"][0]["seen_at"] == "2026-03-02T14:01:20Z"


def test_a_patient_s_consent_and_place_are_asked_and_shown(at: Video) -> None:
    for over, field in (({"consents": False}, "consents"), ({"located_in": "US-XX"}, "located_in")):
        refused = at.knock(**over)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)
    assert at.knock(located_in=None).status == 422
    assert at.room()["people"] == []
    at.knock(located_in="US-NJ")
    (person,) = at.room()["people"]
    assert (person["located_in"], person["consented_at"]) == ("US-NJ", "2026-03-02T14:00:00Z")


def test_a_link_is_for_one_device_and_good_again_for_that_one(at: Video) -> None:
    at.knock()
    assert at.knock().json["state"] == "waiting", "a lost answer costs nothing"
    forwarded = at.knock(device=OTHER_PHONE)
    assert (forwarded.status, forwarded.json["code"]) == (409, "video_link_used")
    first = at.admitted()
    at.world.meetings.connect(first)
    assert at.knock(device=OTHER_PHONE).status == 409
    again = token_of(at.knock())
    assert again != first
    with pytest.raises(Exception, match="ForbiddenException"):
        at.world.meetings.connect(first)
    at.world.meetings.connect(again)


@pytest.mark.parametrize("spoil", ["last", "first", "short", "long", "empty-ish"])
def test_a_wrong_secret_is_not_found(at: Video, spoil: str) -> None:
    other = "A" if at.secret[-3] != "A" else "B"
    wrong = {
        "last": at.secret[:-3] + other + at.secret[-2:],
        "first": ("A" if at.secret[0] != "A" else "B") + at.secret[1:],
        "short": at.secret[:-4],
        "long": at.secret + "AAAA",
        "empty-ish": "-",
    }[spoil]
    for answer in (at.look(wrong), at.knock(wrong), at.hang_up(wrong)):
        assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_it_opens_a_quarter_of_an_hour_before_and_closes_an_hour_after(at: Video) -> None:
    shown = at.look().json
    assert (shown["opens_at"], shown["closes_at"]) == (
        "2026-03-02T13:55:00Z",
        "2026-03-02T15:40:00Z",
    )
    at.later(minutes=-5, seconds=-1)
    for answer in (at.knock(), at.provide()):
        assert (answer.status, answer.json["code"]) == (409, "video_not_open")
    assert at.look().json["open"] is False
    at.world.clock.advance(seconds=1)
    assert at.knock().status == 200
    at.later(minutes=105)
    assert at.knock().json["code"] == "video_not_open"


def test_a_link_of_a_visit_that_moved_or_is_off_is_dead(at: Video) -> None:
    at.knock()
    moved = {"starts_at": "2026-03-02T09:30:00-05:00"}
    assert at.clinic.act(at.appointment_id, "reschedule", moved).status == 200
    for answer in (at.look(), at.knock()):
        assert (answer.status, answer.json["code"]) == (409, "video_link_dead")
    assert at.room()["people"] == [], "who waited for the earlier time waits for nothing"
    anew = at.link("patient")
    at.later(minutes=20)
    assert at.knock(anew).json["state"] == "waiting"
    assert at.clinic.act(at.appointment_id, "cancel", {"reason": "pat"}).status == 200
    assert at.knock(anew).json["code"] == "video_link_dead"
    assert at.provide().json["code"] == "no_video_visit"
    assert at.clinic.call("POST", f"{at.path}/links", {"for_whom": "guest"}).status == 409


def test_a_new_link_for_the_patient_ends_the_one_before(at: Video) -> None:
    first = at.admitted()
    at.world.meetings.connect(first)
    anew = at.link("patient")
    assert at.knock().json["code"] == "video_link_dead"
    assert not any(meeting.connected for meeting in at.world.meetings.live.values())
    assert at.knock(anew, device=OTHER_PHONE).json["state"] == "waiting"


def test_guests_have_links_of_their_own_and_there_are_four(at: Video) -> None:
    interpreter = at.link("guest", relation="interpreter")
    others = [at.link("guest") for _ in range(3)]
    full = at.clinic.call("POST", f"{at.path}/links", {"for_whom": "guest"})
    assert (full.status, full.json["code"]) == (409, "too_many_video_links")
    assert at.knock(interpreter, located_in="US-XX").status == 422
    assert at.knock(interpreter, consents=False, located_in=None).json["state"] == "waiting"
    assert at.knock(interpreter, device=OTHER_PHONE).status == 409
    assert at.decide("admit", "g1").status == 200
    assert token_of(at.knock(interpreter))
    assert at.decide("remove", "g2").status == 200
    assert at.knock(others[0]).json["code"] == "video_link_dead"
    assert at.link("guest") not in (interpreter, *others)
    assert at.decide("admit", "g3").json["code"] == "not_waiting"
    shown = at.look(interpreter).json
    assert (shown["who"], "Shaw" in str(shown)) == ("guest", False)


def test_who_is_removed_is_out_and_stays_out(at: Video) -> None:
    at.world.meetings.connect(at.admitted())
    assert at.decide("remove").json["people"][0]["state"] == "removed"
    assert at.decide("remove").status == 200
    (meeting,) = at.world.meetings.live.values()
    assert meeting.connected == set()
    assert at.knock().json["code"] == "video_link_dead"
    unsaid = at.provide("decisions", {"decision": "admit"})
    assert (unsaid.status, unsaid.json["errors"][0]["field"]) == (422, "seat")
    assert at.decide("admit").json["code"] == "not_waiting"
    assert at.decide("remove", "g9").json["code"] == "not_waiting"


def test_the_end_is_everybody_s_until_a_provider_joins_again(at: Video) -> None:
    at.provide()
    at.world.meetings.connect(at.admitted())
    assert at.end().json["open"] is False
    assert at.end().status == 200
    assert at.world.meetings.live == {}
    assert at.knock().json["code"] == "video_ended"
    at.provide()
    assert at.knock().json["state"] == "waiting"
    assert at.decide("admit").status == 200
    assert token_of(at.knock())


def test_a_meeting_that_chime_has_ended_is_made_anew(at: Video) -> None:
    at.provide()
    (first,) = at.world.meetings.live
    at.world.meetings.end(first)
    at.world.pump()
    joined = at.provide()
    assert joined.status == 200
    assert joined.json["meeting"]["MeetingId"] not in (first, "")
    assert token_of(at.knock() if at.admitted() else joined)


def test_only_who_treats_may_see_by_video_and_the_desk_makes_links(at: Video) -> None:
    desk, _ = add_member(at.world, at.clinic.owner, "front_desk")
    for verb, body in (
        ("", None),
        ("decisions", {"seat": "p0", "decision": "admit"}),
    ):
        path = f"{at.path}/{verb}" if verb else at.path
        assert at.world.call("POST", path, body, token=desk).status == 403
    made = at.world.call("POST", f"{at.path}/links", {"for_whom": "patient"}, token=desk)
    assert made.status == 201
    token = video_token(made.json["url"].rpartition("/")[2])
    assert token is not None
    assert (token.seat, token.appointment_id) == ("p1", at.appointment_id)


def test_what_is_not_by_video_has_no_room(at: Video) -> None:
    kind = at.clinic.call("POST", "/v1/appointment-types", {"name": "Check", "minutes": 30}).json
    visit = at.clinic.booking("2026-03-02T11:00:00-05:00", type_id=kind["id"])
    assert at.clinic.call("GET", f"/v1/appointments/{visit}/video").status == 404
    assert at.clinic.read(visit)["modality"] == "in_person"
    assert at.clinic.read(at.appointment_id)["modality"] == "video"


def test_a_suspended_practice_sees_nobody(at: Video) -> None:
    from infra.ops.suspend import run

    assert run([at.clinic.practice_id, "--by", "a test", "--reason", "unpaid"]) == 0
    for answer in (at.look(), at.knock(), at.hang_up()):
        assert answer.status == 404


def test_a_knock_says_what_it_is_and_nothing_else(at: Video) -> None:
    for body in (
        {"device": "short", **READY},
        {**READY},
        {"device": "a" * 32, "patient_id": "pat_1"},
    ):
        assert at.world.call("POST", f"/v1/video-links/{at.secret}", body).status == 400
