"""A practice's page: what it shows, what it does not, and when there is none."""

from typing import Any

import pytest

from tests import tables
from tests.builders.online import NINE, SLUG, Visitor, clinic, put_online
from tests.builders.scheduling import Clinic, add_practitioner, add_type
from tests.world import Answered, World, add_member

PATH = "/v1/practice/online-booking"
NOBODYS = "pat_00000000000000000000000000"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def gist(answer: Answered) -> tuple[int, dict[str, Any]]:
    """An answer but for its request's id."""
    return answer.status, {**answer.json, "request_id": ""}


def test_a_page_shows_what_the_practice_put_online_and_nothing_else(at: Clinic) -> None:
    add_type(at.world, at.token, name="Staff only")
    hidden = add_practitioner(at.world, at.token, family_name="Hidden")
    shown = Visitor(at).offer()
    assert shown.json["types"] == [
        {
            "id": at.type_id,
            "name": "Follow-up",
            "minutes": 30,
            "modality": "in_person",
            "online": "everybody",
            "notice_hours": 0,
            "bookable_days": 365,
            "cancel_hours": 24,
            "late_cancel_fee": None,
            "no_show_fee": None,
            "deposit": None,
        }
    ]
    (practitioner,) = shown.json["practitioners"]
    assert practitioner == {
        "id": at.practitioner_id,
        "name": "Dr Kim Lee",
        "new_patients": True,
        "location_ids": [at.location_id],
    }
    (location,) = shown.json["locations"]
    assert (location["id"], location["name"]) == (at.location_id, "Main")
    assert hidden not in shown.text
    assert at.practice_id not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"


def test_what_missing_a_visit_costs_is_said_before_it_is_booked(at: Clinic) -> None:
    ten = {"amount": 1_000, "currency": "USD"}
    fees = {"late_cancel": {"amount": 500, "currency": "USD"}, "no_show": ten}
    path = "/v1/missed-visit-policy"
    answer = at.call("PUT", path, fees, If_Match='"0"')
    assert answer.status == 200, answer.text
    (kind,) = Visitor(at).offer().json["types"]
    assert (kind["late_cancel_fee"]["amount"], kind["no_show_fee"]) == (500, ten)


def test_who_is_taken_off_the_page_has_no_starts(at: Clinic) -> None:
    rosa = Visitor(at)
    body = rosa.hold_body(NINE)
    put_online(at, practitioners=[])
    assert rosa.offer().json["practitioners"] == []
    assert rosa.starts("2026-03-04") == []
    refused = rosa.send_hold(body)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "practitioner_id")


def test_a_page_that_is_off_is_as_one_that_never_was(at: Clinic) -> None:
    never = gist(at.world.call("GET", "/v1/online-booking/never-was"))
    assert never[0] == 404
    assert Visitor(at).offer().status == 200
    put_online(at, enabled=False)
    assert gist(Visitor(at).offer()) == never
    put_online(at, slug="elm-street-2")
    assert gist(Visitor(at).offer()) == never
    assert Visitor(at, "elm-street-2").offer().status == 200


@pytest.mark.parametrize("status", ["suspended", "closing", "unverified"])
def test_so_is_that_of_a_practice_where_nobody_works(at: Clinic, status: str) -> None:
    never = gist(at.world.call("GET", "/v1/online-booking/never-was"))
    rosa = Visitor(at)
    body = rosa.hold_body(NINE)
    rosa.hold(NINE)
    _become(at, status=status)
    for answer in (rosa.offer(), rosa.slots("2026-03-04"), rosa.send_hold(body), rosa.read()):
        assert gist(answer) == never
    assert gist(rosa.say()) == never


def test_and_of_one_that_has_not_accepted_the_agreement(at: Clinic) -> None:
    never = gist(at.world.call("GET", "/v1/online-booking/never-was"))
    _become(at, agreement=None)
    assert gist(Visitor(at).offer()) == never


def test_an_address_is_one_practice_s(at: Clinic) -> None:
    other = clinic(at.world, page={"slug": "oak-street"})
    taken = put_online(other, slug=SLUG)
    assert (taken.status, taken.json["code"]) == (409, "slug_taken")
    assert taken.json["errors"][0]["field"] == "slug"
    put_online(at, slug="elm")
    assert put_online(other, slug=SLUG).status == 200
    assert len(at.world.of_kind("practice_slug")) == 2
    assert Visitor(at, "elm").offer().status == Visitor(other, SLUG).offer().status == 200


def test_an_imported_page_claims_its_address_when_it_is_set(at: Clinic) -> None:
    tables.forget("practice_slug")
    assert Visitor(at).offer().status == 404
    assert put_online(at).status == 200
    assert Visitor(at).offer().status == 200
    tables.forget("practice_slug")
    other = clinic(at.world, page={"slug": SLUG})
    assert put_online(at).json["code"] == "slug_taken"
    assert put_online(at, slug="another").status == 200
    assert Visitor(other, SLUG).offer().status == 200, "nobody takes another's address along"


@pytest.mark.parametrize(
    ("over", "status", "field"),
    [
        ({"slug": "Elm Street"}, 400, "slug"),
        ({"slug": "a"}, 400, "slug"),
        ({"hold_minutes": 4}, 400, "hold_minutes"),
        ({"most_upcoming": 0}, 400, "most_upcoming"),
        ({"segments": [{"starts": "12:00", "ends": "09:00", "most": 1}]}, 422, "segments.0.ends"),
        ({"blocked_patient_ids": [NOBODYS]}, 422, "blocked_patient_ids.0"),
        (
            {"practitioners": [{"practitioner_id": f"pra{NOBODYS[3:]}", "name": "Dr No"}]},
            422,
            "practitioners.0.practitioner_id",
        ),
    ],
)
def test_a_page_that_cannot_be_is_refused_by_the_field(
    at: Clinic, over: dict[str, Any], status: int, field: str
) -> None:
    refused = put_online(at, **over)
    assert (refused.status, refused.json["errors"][0]["field"]) == (status, field)


def test_nobody_is_on_a_page_twice(at: Clinic) -> None:
    twice = [{"practitioner_id": at.practitioner_id, "name": name} for name in ("A", "B")]
    refused = put_online(at, practitioners=twice)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "named_twice")


def test_of_two_who_set_it_up_at_once_one_is_told(at: Clinic) -> None:
    version = at.call("GET", PATH).json["version"]
    body = {"slug": SLUG, "practitioners": []}
    first, second = (at.call("PUT", PATH, body, If_Match=f'"{version}"').status for _ in range(2))
    assert (first, second) == (200, 412)


def test_the_front_desk_reads_it_and_the_manager_sets_it(at: Clinic) -> None:
    desk, _ = add_member(at.world, at.owner, "front_desk", email="desk@clinic.example")
    assert at.world.call("GET", PATH, token=desk).json["slug"] == SLUG
    body = {"slug": SLUG, "practitioners": []}
    refused = at.world.call("PUT", PATH, body, token=desk, If_Match='"1"')
    assert (refused.status, refused.json["code"]) == (403, "forbidden")


def _become(at: Clinic, **changed: Any) -> None:
    from chalicelib.platform.store import UnitOfWork, get, practice_scope
    from chalicelib.practices.models import Practice

    with practice_scope(at.practice_id):
        practice = get(Practice, Practice.key(at.practice_id))
        for name, value in changed.items():
            setattr(practice, name, value)
        work = UnitOfWork()
        work.save(practice)
        work.commit()
