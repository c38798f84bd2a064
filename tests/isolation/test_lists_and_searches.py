"""Lists and searches show what reads would, and of the own practice alone: against an oracle on
random data of two practices that look alike (PROMISES 6).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.identity.permissions import PERMISSIONS_OF, Role
from chalicelib.tasks.work_queues import PERMISSION_OF, WorkQueue
from tests import tables
from tests.builders.patients import registration
from tests.builders.tasks import want_task
from tests.isolation.actors import API_CLIENT
from tests.isolation.clinics import Clinic, Clinics
from tests.isolation.conftest import Built, as_built

SEED = 6
FAMILIES = ("Rosenberg", "Rosales", "Rossi", "Okafor", "Okada", "Lindqvist", "Linde", "Marlow")
GIVENS = ("Rosa", "Roderick", "Olive", "Oskar", "Lena", "Marlene")
ZONE = ZoneInfo("America/New_York")
FIRST = date(2026, 3, 23)  # a week in which nothing else is booked
WORKERS = (Role.FRONT_DESK, Role.BILLER, Role.CLINICIAN, Role.NURSE, Role.MANAGER)


@dataclass(frozen=True)
class Person:
    """A patient as the oracle knows one."""

    id: str
    family: str
    given: str
    born: date
    phone: str


@dataclass
class Known:
    """A practice, and what the oracle has noted of it: people, and the day of each visit."""

    clinic: Clinic
    people: list[Person]
    visits: dict[str, tuple[str, date]]


@pytest.fixture(scope="module")
def both(_built: Built) -> Iterator[tuple[Known, Known]]:
    """Two practices with people of the same names, seen on the same days."""
    clinics, random = as_built(_built), Random(SEED)
    kept = tables.image()
    yield _filled(clinics, clinics.a, random), _filled(clinics, clinics.b, random)
    tables.put_back(kept)


@pytest.mark.parametrize("queries", [84, pytest.param(364, marks=pytest.mark.campaign)])
def test_each_answer_is_the_oracle_s(aws: None, both: tuple[Known, Known], queries: int) -> None:
    random = Random(SEED + 1)
    asked: dict[str, int] = {}
    for number in range(queries):
        known = both[number % 2]
        ask = ASKS[number // 2 % len(ASKS)]
        found, expected = ask(known, random)
        assert found == expected, f"{ask.__name__}, query {number}, seed {SEED}"
        asked[ask.__name__] = asked.get(ask.__name__, 0) + bool(expected)
    assert len(asked) == len(set(ASKS))
    assert min(asked.values()) > 1, f"the oracle has to expect something: {asked}"


def _filled(clinics: Clinics, clinic: Clinic, random: Random) -> Known:
    known = Known(clinic, [], {})
    for number in range(16):
        born = date(1980 + random.randrange(3), 1 + random.randrange(3), 5)
        phone = f"(212) 555-01{number % 8:02d}"
        family, given = random.choice(FAMILIES), random.choice(GIVENS)
        body = registration(
            name={"family": family, "given": given},
            birth_date=born.isoformat(),
            phones=[{"number": phone}],
            email=None,
            confirm_not_duplicate=True,
        )
        patient = clinic.made(Role.NURSE, "/v1/patients", body)
        known.people.append(Person(patient, family, given, born, phone))
    slots = [(day, hour) for day in range(5) for hour in range(9, 16)]
    for day, hour in random.sample(slots, 12):
        starts = datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), ZONE)
        who = random.choice(known.people).id
        body = {
            "patient_id": who,
            **{name: clinic.ids[name] for name in ("practitioner_id", "location_id", "type_id")},
            "starts_at": (starts + timedelta(hours=hour)).isoformat(),
        }
        visit = clinic.made(Role.NURSE, "/v1/appointments", body)
        known.visits[visit] = (who, FIRST + timedelta(days=day))
    _work(clinics, clinic, random)
    _opened(clinics, known, random)
    return known


def _work(clinics: Clinics, clinic: Clinic, random: Random) -> None:
    """Tasks in every queue: somebody's, nobody's, done."""
    for number in range(18):
        data = {"queue": sorted(WorkQueue)[number % len(WorkQueue)]}
        if random.random() < 0.5:
            data["assignee"] = clinic.ids[f"{random.choice(WORKERS)}_id"]
        task = want_task(clinics.world, clinic.ids["practice_id"], **data)
        if random.random() < 0.3 and data["queue"] != WorkQueue.CLINICAL:
            path = f"/v1/tasks/{task}/complete"
            clinic.done(200, Role.MANAGER, "POST", path, {"outcome": "done"})


def _opened(clinics: Clinics, known: Known, random: Random) -> None:
    """Patients are looked at, by people and by a key; what came before is not carried again."""
    world = clinics.world
    world._new("audit", "audit_amendment")
    for _ in range(20):
        path = f"/v1/patients/{random.choice(known.people).id}"
        known.clinic.done(200, random.choice((*WORKERS, API_CLIENT)), "GET", path)
    world._invoke_stream(world._new("audit", "audit_amendment"))
    while world._queues():
        pass


Both = tuple[set[str], set[str]]


def _search(known: Known, random: Random) -> Both:
    """By any of names, birth date and phone; someone who is there, or was made up."""
    model = random.choice(known.people)
    body: dict[str, Any] = {}
    if random.random() < 0.7:
        whole = random.choice((model.family, model.given))
        body["name"] = whole[: random.randrange(2, len(whole) + 1)].lower()
    if random.random() < 0.4:
        body["birth_date"] = model.born.isoformat()
    if random.random() < 0.4 or not body:
        body["phone"] = random.choice((model.phone, model.phone[-4:]))
    expected = {
        person.id
        for person in known.people
        if any(
            name.lower().startswith(body.get("name", "")) for name in (person.family, person.given)
        )
        and body.get("birth_date", person.born.isoformat()) == person.born.isoformat()
        and person.phone.endswith(body.get("phone", ""))
    }
    found = set(_all(known.clinic, "POST", "/v1/patients/search", body, limit=3))
    ours = {person.id for person in known.people}
    earlier = {known.clinic.ids["patient_id"], known.clinic.ids["other_patient_id"]}
    assert found - ours <= earlier, "built before the oracle began"
    return found & ours, expected


def _day(known: Known, random: Random) -> Both:
    day = FIRST + timedelta(days=random.randrange(6))
    path = f"/v1/locations/{known.clinic.ids['location_id']}/day?day={day.isoformat()}"
    answer = known.clinic.done(200, Role.NURSE, "GET", path)
    expected = {visit for visit, (_, on) in known.visits.items() if on == day}
    return {each["id"] for each in answer.json["items"]}, expected


def _visits(known: Known, random: Random) -> Both:
    who = random.choice(known.people).id
    found = _all(known.clinic, "GET", f"/v1/patients/{who}/appointments", None, limit=1)
    return set(found), {visit for visit, (patient, _) in known.visits.items() if patient == who}


def _claims(known: Known, random: Random) -> Both:
    status = random.choice(("paid", "needs_attention", "ready", "denied"))
    found = _all(known.clinic, "GET", f"/v1/claims?status={status}", None, limit=1)
    return set(found), _rows(known.clinic, "claim", "clm", status=status)


def _encounters(known: Known, random: Random) -> Both:
    practitioner = random.choice((known.clinic.ids["practitioner_id"], f"pra_{26 * '0'}"))
    path = f"/v1/encounters?practitioner_id={practitioner}"
    found = _all(known.clinic, "GET", path, None, limit=1)
    rows = _rows(known.clinic, "encounter", "enc", practitioner_id=practitioner)
    return set(found), {each for each in rows if each in _open(known.clinic)}


def _remittances(known: Known, random: Random) -> Both:  # there is but one list
    found = _all(known.clinic, "GET", "/v1/remittances", None, limit=1)
    return set(found), _rows(known.clinic, "remittance", "rem")


def _remitted(known: Known, random: Random) -> Both:
    remittance = random.choice(sorted(_rows(known.clinic, "remittance", "rem")))
    path = f"/v1/remittances/{remittance}/claims"
    found = _all(known.clinic, "GET", path, None, limit=1, name="control_number")
    own = f"{known.clinic.ids['practice_id']}#remittance-items#{remittance}#"
    items = [row for row in tables.rows().values() if row["pk"]["S"] == own]
    return set(found), {row["control_number"]["S"] for row in items}


def _files(known: Known, random: Random) -> Both:
    limit = random.choice((1, 2, 50))
    found = _all(known.clinic, "GET", "/v1/inbound-files", None, limit=limit, name="sha256")
    own = f"{known.clinic.ids['practice_id']}#inbound-files#"
    stored = [key[1].rstrip("#") for key in tables.rows() if key[0] == own]
    return set(found), set(stored)


def _tasks(known: Known, random: Random) -> Both:
    """A queue, or what is somebody's own; a queue that is closed to them is refused."""
    role, queue = random.choice(WORKERS), random.choice(sorted(WorkQueue))
    opened = {each for each in WorkQueue if PERMISSION_OF[each] in PERMISSIONS_OF[role]}
    path, having = f"/v1/tasks?queue={queue}", {"queue": queue.value}
    if random.random() < 0.4:
        path, having = "/v1/tasks", {"assignee_id": known.clinic.ids[f"{role}_id"]}
    elif queue not in opened:
        known.clinic.done(403, role, "GET", path)
        return set(), set()
    rows = {
        each
        for own in opened & {having.get("queue", own) for own in opened}
        for each in _rows(known.clinic, "task", "tsk", status="open", **having | {"queue": own})
    }
    return set(_all(known.clinic, "GET", path, None, limit=2, role=role)), rows


def _exports(known: Known, random: Random) -> Both:
    role = random.choice((Role.OWNER, Role.MANAGER))
    found = _all(known.clinic, "GET", "/v1/exports", None, limit=1, role=role)
    return set(found), _rows(known.clinic, "export", "exp")


def _accesses(known: Known, random: Random) -> Both:
    """Who opened a patient's records since the oracle began, by the entries themselves."""
    who = random.choice(known.people).id
    path = f"/v1/patients/{who}/accesses"
    found = set(_all(known.clinic, "GET", path, None, limit=2, role=Role.OWNER))
    entries = _entries(known.clinic)
    about = {each for each, row in entries.items() if who in row.get("subjects", {}).get("SS", ())}
    asked = {each for each in about if entries[each]["action"]["S"] == "read_patient"}
    return {each for each in found if entries[each]["action"]["S"] == "read_patient"}, asked


def _activity(known: Known, random: Random) -> Both:
    """What a member or a key did this month."""
    role = random.choice((Role.FRONT_DESK, Role.BILLER, API_CLIENT))
    actor = known.clinic.ids[f"{role}_key_id" if role == API_CLIENT else f"{role}_id"]
    whose = "api-keys" if role == API_CLIENT else "members"
    path = f"/v1/{whose}/{actor}/activity?month=2026-03"
    found = set(_all(known.clinic, "GET", path, None, limit=20, role=Role.MANAGER))
    own = f"{known.clinic.ids['practice_id']}#audit#{actor}#2026-03#"
    return found, {each for each, row in _entries(known.clinic).items() if row["pk"]["S"] == own}


ASKS = (
    _search, _search, _day, _visits, _claims, _encounters, _remittances, _remitted, _files,
    _tasks, _tasks, _exports, _accesses, _activity,
)  # fmt: skip


def _entries(clinic: Clinic) -> dict[str, tables.Row]:
    """The practice's audit, by id, as it is stored."""
    return {
        row["sk"]["S"].rstrip("#"): row
        for row in tables.rows().values()
        if row["kind"]["S"] == "audit"
        and row["pk"]["S"].startswith(f"{clinic.ids['practice_id']}#")
    }


def _open(clinic: Clinic) -> set[str]:
    return _rows(clinic, "encounter", "enc", status="in_progress")


def _rows(clinic: Clinic, kind: str, prefix: str, **having: str) -> set[str]:
    """Ids of the practice's stored records of a kind that have these values."""
    return {
        part
        for row in tables.rows().values()
        if row["kind"]["S"] == kind
        and row["pk"]["S"].startswith(f"{clinic.ids['practice_id']}#")
        and all(row.get(name, {}).get("S") == value for name, value in having.items())
        for part in f"{row['pk']['S']}{row['sk']['S']}".split("#")
        if part.startswith(f"{prefix}_")
    }


def _all(
    clinic: Clinic,
    method: str,
    path: str,
    body: Any,
    *,
    limit: int,
    name: str = "id",
    role: str = "",
) -> Iterator[str]:
    """The ids of every page, or what else names an item."""
    of_money = any(each in path for each in ("claims", "remittances", "inbound-files"))
    role = role or (Role.BILLER if of_money else Role.CLINICIAN)
    more, cursor = "&" if "?" in path else "?", ""
    while True:
        page = clinic.done(200, role, method, f"{path}{more}limit={limit}{cursor}", body).json
        yield from (each[name] for each in page["items"])
        if page["next_cursor"] is None:
            return
        cursor = f"&cursor={page['next_cursor']}"
