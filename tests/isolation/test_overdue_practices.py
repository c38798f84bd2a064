"""A chart is never locked for money: an overdue practice works on, whatever the route."""

from chalicelib.platform.errors import Stale
from chalicelib.platform.store import UnitOfWork, get, practice_scope
from chalicelib.practices.models import Practice
from tests.isolation.cases import called, send, who_does
from tests.isolation.clinics import Clinics

ADDS_A_SEAT = {"invite_member", "reactivate_member"}


def _overdue(practice_id: str) -> None:
    with practice_scope(practice_id):
        practice = get(Practice, Practice.key(practice_id))
        practice.overdue = True
        version = practice.version
        work = UnitOfWork()
        work.update(
            Practice,
            practice.item_key,
            actions=[Practice.overdue.set(True)],
            condition=Practice.version == version,
            refusal=Stale(),
        )
        work.commit()


def test_every_route_but_those_that_add_a_seat_works_while_an_invoice_is_overdue(
    clinics: Clinics,
) -> None:
    """A new route joins by itself: it works for an overdue practice, or is named above."""
    _overdue(clinics.a.ids["practice_id"])
    refused = {}
    for endpoint in called():
        with clinics.undone():
            answer = send(clinics.a, who_does(endpoint), endpoint, clinics.a.ids)
        if answer.status != endpoint.status:
            refused[endpoint.name] = (answer.status, answer.json["code"])
    assert refused == dict.fromkeys(ADDS_A_SEAT, (409, "payment_overdue"))
