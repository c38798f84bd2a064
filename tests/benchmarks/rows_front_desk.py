"""What a front desk waits for: its sign-in with each call, the schedule, bookings, patients."""

from datetime import timedelta
from itertools import count
from typing import Any

from chalicelib.patients.models import Patient
from chalicelib.platform.ids import derived_id
from chalicelib.scheduling.set_up.models import Availability
from infra.local.visit_clinic import DESK, OWNER

from . import records, store
from .measurement import Measurement
from .rows import Bench, Within, row
from .world import START, Clinic

PAGE = 20
BUSY = START + timedelta(days=14)
FULL = START + timedelta(days=120)
SEARCH_TOKEN_WRU = 2
OF_A_SEARCH, OF_A_PROVIDER, OF_A_ROOM, ALL_THINGS = 1, 2, 1.5, 1
"""RRU of a search of four weeks: its type and place; hours and days of each provider; days of each
room; which rooms and equipment there are, where its type needs one.
"""
_numbers = count(1)


@row("authentication of a request", round_trips=1, rru=3)
def authentication(bench: Bench[Clinic]) -> Measurement:
    with bench.meter.measure("authentication") as m:
        bench.world.call("GET", DESK, "/v1/me")
    return m.beyond_read_audit


@row("audit entry of a list, after it", round_trips=1, wru=1)
def audit_entry(bench: Bench[Clinic]) -> Measurement:
    with bench.meter.measure("audit entry") as m:
        bench.world.call("GET", DESK, "/v1/locations")
    return m.read_audit


@row("a patient, and the audit entry beside", round_trips=1, rru=1, wru=1)
def patient(bench: Bench[Clinic]) -> Measurement:
    path = f"/v1/patients/{bench.world.ids['patient']}"
    with bench.meter.measure("patient") as m:
        bench.world.call("GET", DESK, path)
    return m.beyond_authentication


@row("day at a location, 160 appointments", round_trips=1, rru=12)
def day_at_location(bench: Bench[Clinic]) -> Measurement:
    store.write(records.busy_day(bench.world.ids, BUSY))
    path = f"/v1/locations/{bench.world.ids['location']}/day?day={BUSY.date()}"
    with bench.meter.measure("day") as m:
        day = bench.world.call("GET", DESK, path).json
    assert len(day["items"]) == records.VISITS_A_DAY
    return m.beyond_authentication.beyond_read_audit


@row("free slots, 4 weeks, one provider", round_trips=1, rru=OF_A_SEARCH + OF_A_PROVIDER)
def free_slots(bench: Bench[Clinic]) -> Measurement:
    return _search(bench, [bench.world.ids["practitioner"]])


@row("free slots, 4 weeks, five providers", round_trips=1, rru=OF_A_SEARCH + 5 * OF_A_PROVIDER)
def free_slots_of_five(bench: Bench[Clinic]) -> Measurement:
    ids = bench.world.ids
    others = [derived_id("pra", str(number)) for number in range(4)]
    own = store.item_at(Availability.key(ids["practice"], ids["practitioner"]))
    store.write(records.hours_like(Availability.from_raw_data(own), others))
    return _search(bench, [ids["practitioner"], *others])


@row(
    "free slots, 4 weeks, with a room",
    round_trips=3,
    rru=OF_A_SEARCH + OF_A_PROVIDER + ALL_THINGS + OF_A_ROOM,
)
def free_slots_with_a_room(bench: Bench[Clinic]) -> Measurement:
    ids = bench.world.ids
    store.write(records.full_days(ids["practice"], ids["room"], FULL.date(), 28))
    return _search(bench, [ids["practitioner"]], type_id=ids["insurance"])


def _search(bench: Bench[Clinic], practitioner_ids: list[str], *, type_id: str = "") -> Measurement:
    """Of providers whose every day is full, and those about the weeks; of a type without needs."""
    ids, first = bench.world.ids, FULL.date()
    plain = records.plain_type(ids["practice"])
    store.write([plain])
    for each in practitioner_ids:
        store.write(records.full_days(ids["practice"], each, first - timedelta(days=1), 30))
    path = (
        f"/v1/slots?practitioner_id={','.join(practitioner_ids)}&type_id={type_id or plain.id}"
        f"&location_id={ids['location']}&from={first}&until={first + timedelta(days=27)}"
    )
    with bench.meter.measure("slots") as m:
        bench.world.call("GET", DESK, path)
    return m.beyond_authentication.beyond_read_audit


@row("book: provider, room, patient", round_trips=2, wru=18)
def book(bench: Bench[Clinic]) -> Measurement:
    body = bench.world.booking(START + timedelta(days=3))
    with bench.meter.measure("book") as m:
        bench.world.call("POST", DESK, "/v1/appointments", body, Idempotency_Key=_key())
    return m.beyond_authentication


@row("book under an authorisation", round_trips=2, wru=19)
def book_authorized(bench: Bench[Clinic]) -> Measurement:
    starts_at = START + timedelta(days=50)
    day = starts_at.date().isoformat()
    permit = {
        "number": "PA-1",
        "coverage_id": bench.world.ids["coverage"],
        "visits_allowed": 6,
        "effective_from": day,
        "effective_until": day,
    }
    path = f"/v1/patients/{bench.world.ids['patient']}/authorizations"
    bench.world.made(DESK, path, permit)
    body = bench.world.booking(starts_at)
    with bench.meter.measure("book authorized") as m:
        booked = bench.world.call("POST", DESK, "/v1/appointments", body, Idempotency_Key=_key())
    assert booked.json["authorization"]["visits_left"] == 5
    return m.beyond_authentication


@row("check in", round_trips=2, wru=10)
def check_in(bench: Bench[Clinic]) -> Measurement:
    """Two forms and two consents are missing: the answer that is stored has them."""
    for number in range(3):
        form = {"name": f"Form {number}", "of_kind": ("intake", "consent")[number % 2]}
        bench.world.made(OWNER, "/v1/forms", {**form, "needed_by": "everybody"})
    body = bench.world.booking(START + timedelta(hours=2))
    path = f"/v1/appointments/{bench.world.made(DESK, '/v1/appointments', body)}/check-in"
    with bench.meter.measure("check in") as m:
        answer = bench.world.call("POST", DESK, path, Idempotency_Key=_key())
    shown = answer.json["readiness"]
    assert (len(shown["forms"]), len(shown["consents"])) == (2, 2)
    return m.beyond_authentication


@row("patient search, a page of 20", round_trips=2, rru=11)
def search(bench: Bench[Clinic]) -> Measurement:
    path, body = f"/v1/patients/search?limit={PAGE}", {"name": records.SHARED_NAME}
    with bench.meter.measure("search") as m:
        found = bench.world.call("POST", DESK, path, body).json
    assert len(found["items"]) == PAGE
    return m.beyond_authentication.beyond_read_audit


@row("register a patient", round_trips=3)
def register(bench: Bench[Clinic]) -> Within:
    body = _registration("Mbeki", "+15185550301")
    with bench.meter.measure("register") as m:
        made = bench.world.call("POST", DESK, "/v1/patients", body, Idempotency_Key=_key())
    key = Patient.key(bench.world.ids["practice"], made.json["id"])
    tokens = len(store.item_at(key)["search_tokens"]["SS"])
    return Within(m.beyond_authentication, {"wru": SEARCH_TOKEN_WRU * tokens + 16})


@row("sign up a practice", round_trips=2, wru=24)
def sign_up(bench: Bench[Clinic]) -> Measurement:
    body = {
        "practice_name": "Oak Street Clinic",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": "Otto Owner",
        "email": "otto@oak-street.example",
        "password": "correct horse battery staple",
    }
    with bench.meter.measure("sign up") as m:
        bench.world.call("POST", "", "/v1/practices", body)
    return m


def _key() -> str:
    return f"row-{next(_numbers):032}"


def _registration(family: str, phone: str) -> dict[str, Any]:
    return {
        "name": {"family": family, "given": "Ada"},
        "birth_date": "1984-02-29",
        "sex": "female",
        "addresses": [
            {"line1": "7 Oak Road", "city": "Albany", "state": "NY", "postal_code": "12203"}
        ],
        "phones": [{"number": phone, "use": "mobile"}],
        "email": "ada.mbeki@example.com",
        "consents": {"email": True, "sms": True},
    }
