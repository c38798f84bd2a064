"""Plausible records in bulk: a chart, a busy location, a full calendar, a year of rollups, claims."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypeVar

from chalicelib.billing.charging import charge_id_of
from chalicelib.billing.models import Balance, Charge
from chalicelib.care_team.membership import TeamMember
from chalicelib.care_team.models import CareTeam
from chalicelib.claims import states
from chalicelib.claims.models import Claim, Step as ClaimStep, claim_id_of
from chalicelib.clinical.coding import Diagnosis, Procedure
from chalicelib.clinical.models import SIGNED, Encounter, Problem
from chalicelib.patients.demographics import (
    Consent,
    EmergencyContact,
    Guarantor,
    PatientAddress,
    PersonName,
    Phone,
)
from chalicelib.patients.models import Patient, SearchToken
from chalicelib.patients.search_terms import Criteria, lookup_term, terms_of
from chalicelib.platform.ids import derived_id
from chalicelib.platform.store import Record
from chalicelib.reporting.figures import COUNTERS
from chalicelib.reporting.models import DayRollup
from chalicelib.scheduling.free_slots import SlotDemand
from chalicelib.scheduling.models import Appointment, ResourceDay
from chalicelib.scheduling.progress import Progress, Status, Step
from chalicelib.scheduling.set_up.models import AppointmentType, Availability, Equipment

Ids = dict[str, str]
VISIT = SlotDemand(30)
VISITS_A_DAY = 160
CODES, FEES = ("G0463", "G2211"), (20_000, 1_600)
SHARED_NAME = "Okonkwo"
SOMEONE = "usr_" + "0" * 26
R = TypeVar("R", bound=Record)
TRANSITIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (states.READY, "scrubber", ()),
    (states.SUBMITTED, "practice", ()),
    (states.RECEIVED, "clearinghouse", ()),
    (states.FORWARDED, "clearinghouse", ("A1:19",)),
    (states.ACCEPTED, "payer", ("A2:20",)),
)


def care_team(practice_id: str, patient_id: str, at: datetime) -> CareTeam:
    """Five people."""
    members = tuple(TeamMember(f"usr_{place:026}", "treating", at) for place in range(5))
    return stored(CareTeam(*CareTeam.key(practice_id, patient_id), members=members))


def patient(practice_id: str, patient_id: str, family: str, at: datetime) -> Patient:
    """Someone called Ada."""
    made = Patient(
        *Patient.key(practice_id, patient_id),
        mrn="10000000",
        name=PersonName(family, "Ada"),
        birth_date=date(1950, 1, 1),
        sex="female",
        addresses=(PatientAddress("7 Oak Road", "Albany", "NY", "12203"),),
        phones=(Phone("+15185550199", "mobile"),),
        email="ada@example.com",
        guarantor=Guarantor("self"),
        emergency_contacts=(EmergencyContact("Sam Lee", "sibling", "+15185550100"),),
        consents=tuple(Consent(each, True, at, SOMEONE) for each in ("email", "sms")),
    )
    return stored(made)


def name_tokens(practice_id: str, found: Patient, name: str) -> Iterator[SearchToken]:
    """The token by which a search for `name` finds the patient; none if it does not."""
    term = lookup_term(Criteria(name=name))
    if term is not None and term in terms_of(found.findable):
        hashed = SearchToken.token(practice_id, term)
        yield stored(SearchToken(*SearchToken.key(practice_id, hashed, found.id)))


def chart(ids: Ids, patient_id: str, at: datetime) -> Iterator[Record]:
    """96 visits, one a week, 40 problems and a care team of five: about 100 KB as stored."""
    yield care_team(ids["practice"], patient_id, at)
    for week in range(96):
        began = at - timedelta(weeks=week)
        yield encounter(ids, patient_id, derived_id("enc", patient_id, str(week)), began)
    for place in range(40):
        yield problem(ids["practice"], patient_id, derived_id("prb", patient_id, str(place)), at)


def encounter(ids: Ids, patient_id: str, encounter_id: str, at: datetime) -> Encounter:
    """A signed visit with two diagnoses and two procedures."""
    made = Encounter(
        *Encounter.key(ids["practice"], patient_id, encounter_id),
        practitioner_id=ids["practitioner"],
        location_id=ids["location"],
        appointment_id=derived_id("apt", encounter_id),
        started_at=at,
        day=at.date(),
        reason="Low back pain for some days, worse in the morning",
        status=SIGNED,
        bill_to="insurance",
        diagnoses=(
            Diagnosis("M54.50", "valid", "Low back pain, unspecified"),
            Diagnosis("I10", "valid", "Essential (primary) hypertension"),
        ),
        procedures=(Procedure("G0463", pointers=(1, 2)), Procedure("G2211", pointers=(2,))),
        note_version=2,
        signed_by=SOMEONE,
        signed_at=at,
        note_sha256="0" * 64,
    )
    return stored(made, version=3)


def problem(practice_id: str, patient_id: str, problem_id: str, at: datetime) -> Problem:
    """An entry of the problem list."""
    made = Problem(
        *Problem.key(practice_id, patient_id, problem_id),
        code="M54.50",
        check="valid",
        description="Low back pain, unspecified; since lifting boxes at work, no leg pain",
        clinical_status="active",
        verification_status="confirmed",
        onset=at.date(),
        recorded_by=SOMEONE,
        recorded_at=at,
    )
    return stored(made)


def busy_day(ids: Ids, first: datetime) -> Iterator[Appointment]:
    """160 visits at the location, five at a time, from `first` on."""
    for place in range(VISITS_A_DAY):
        known = patient(ids["practice"], derived_id("pat", "day", str(place)), "Lee", first)
        starts_at = first + timedelta(minutes=15 * (place // 5))
        yield appointment(ids, known, derived_id("apt", "day", str(place)), starts_at)


def appointment(ids: Ids, found: Patient, appointment_id: str, starts_at: datetime) -> Appointment:
    """A visit that is booked."""
    made = Appointment(
        *Appointment.key(ids["practice"], appointment_id),
        status=Status.BOOKED,
        progress=Progress.NONE,
        patient_id=found.id,
        patient_name=found.full_name,
        practitioner_id=ids["practitioner"],
        room_id=ids["room"],
        type_id=ids["insurance"],
        title="Office visit",
        bill_to="insurance",
        steps=(Step(Status.BOOKED, starts_at, SOMEONE),),
    )
    made.stand(starts_at, VISIT, location_id=ids["location"], time_zone="America/New_York")
    return stored(made)


def full_days(practice_id: str, resource_id: str, first: date, days: int) -> Iterator[ResourceDay]:
    """Eight hours taken on each day."""
    for ahead in range(days):
        key = ResourceDay.key(practice_id, resource_id, first + timedelta(days=ahead))
        yield stored(ResourceDay(*key, taken=set(range(168, 168 + 96))), version=16)


def plain_type(practice_id: str) -> AppointmentType:
    """Half an hour with somebody, and nothing else."""
    key = AppointmentType.key(practice_id, derived_id("typ", practice_id))
    made = AppointmentType(*key, name="Visit", minutes=30, modality="in_person", bill_to="self_pay")
    return stored(made)


def group_type(practice_id: str) -> AppointmentType:
    """Half an hour with twelve seats."""
    key = AppointmentType.key(practice_id, derived_id("typ", practice_id, "group"))
    made = AppointmentType(*key, name="Yoga", minutes=30, modality="in_person", bill_to="self_pay")
    made.capacity = 12
    return stored(made)


def devices(ids: Ids, many: int) -> Iterator[Equipment]:
    """Devices at the location."""
    for place in range(many):
        key = Equipment.key(ids["practice"], derived_id("eqp", ids["practice"], str(place)))
        yield stored(
            Equipment(*key, name=f"ECG {place}", location_id=ids["location"], of_kind="ecg")
        )


def hours_like(own: Availability, practitioner_ids: Iterable[str]) -> Iterator[Availability]:
    """The same hours for others."""
    for each in practitioner_ids:
        key = Availability.key(own.pk.rstrip("#"), each)
        yield stored(Availability(*key, rules=own.rules, exceptions=own.exceptions))


def year_of_rollups(practice_id: str, last: date) -> Iterator[DayRollup]:
    """365 days on which everything happened, with large sums."""
    counts = dict.fromkeys(COUNTERS, 12_345_678)
    for back in range(365):
        key = DayRollup.key(practice_id, last - timedelta(days=back))
        yield stored(DayRollup(*key, **counts), version=400)


def accepted_claim(ids: Ids, patient_id: str, at: datetime) -> tuple[Claim, list[Record]]:
    """A claim of two charges that the payer has accepted; with it the account of its patient."""
    practice_id = ids["practice"]
    encounter_id, coverage_id = derived_id("enc", patient_id), derived_id("cov", patient_id)
    charges = [
        _charge(ids, patient_id, encounter_id, coverage_id, line=line, day=at.date())
        for line in (1, 2)
    ]
    claim = Claim(
        *Claim.key(practice_id, claim_id_of(encounter_id, coverage_id)),
        patient_id=patient_id,
        payer_id=ids["payer"],
        coverage_id=coverage_id,
        encounter_id=encounter_id,
        title="Bay State Health Plan",
        day=at.date(),
        amount=sum(FEES),
        charge_ids=tuple(charge.id for charge in charges),
        attempt=1,
        findings=(),
        steps=(),
        payer_control_number="PCN000000001",
    )
    for status, source, codes in TRANSITIONS:
        claim.move(practice_id, ClaimStep(at, status, source, codes))
    balance = Balance(*Balance.key(practice_id, patient_id), insurance=sum(FEES))
    return stored(claim, version=len(TRANSITIONS)), [stored(balance), *charges]


def stored(record: R, version: int = 1) -> R:
    """As it lies in the table after so many writes."""
    record.version = version
    return record


def _charge(
    ids: Ids, patient_id: str, encounter_id: str, coverage_id: str, *, line: int, day: date
) -> Charge:
    amount = FEES[line - 1]
    made = Charge(
        *Charge.key(ids["practice"], patient_id, charge_id_of(encounter_id, line)),
        encounter_id=encounter_id,
        line=line,
        day=day,
        code=CODES[line - 1],
        modifiers=(),
        units=1,
        pointers=(1, 2),
        amount=amount,
        bill_to="insurance",
        coverage_id=coverage_id,
        practitioner_id=ids["practitioner"],
        location_id=ids["location"],
        insurance_pending=amount,
        patient_share=0,
        patient_due=0,
    )
    return stored(made)
