"""Making claims: from an encounter's charges, the parties and the coverage, as they are now."""

from collections.abc import Iterable

from ..billing.charging import price_charges
from ..billing.errors import AccountChanged
from ..billing.models import Charge, Payer
from ..clinical.models import Encounter
from ..patients.models import Coverage, Patient
from ..patients.part2 import has_consented
from ..platform.context import Context
from ..platform.errors import AlreadyDone, invalid_field
from ..platform.events import Event
from ..platform.overlap import beside
from ..platform.store import Key, Record, find, find_many, get, next_number, query_all
from ..practices.capabilities import Capability
from ..practices.clearances import demand_cleared, is_cleared
from ..practices.models import Location, Practice, Practitioner
from ..terminology.icd10cm import check_code
from . import states
from .assembling import Parts, assemble
from .errors import NotReady
from .models import Claim, ClaimBody, Step, Submission, claim_id_of
from .part2 import consent_missing, waits_for_consent
from .professional_claim import ProfessionalClaim
from .scrub_findings import ScrubFinding, error, not_cleared
from .scrubber import CodeVerdict, scrub
from .submission import publish
from .x12.writing import UnwritableError

LARGEST = 999_999_999  # ISA13, GS06
RESENDABLE = frozenset({states.NEEDS_ATTENTION, states.REJECTED})


def make_claim(context: Context, event: Event) -> Claim | None:
    """The claim of an encounter's charges, scrubbed: ready to be sent, or needing attention.

    None for what no payer is billed for. Its id follows from encounter and coverage.
    """
    coverage_id = event.data["coverage_id"]
    if not coverage_id:
        return None
    claim_id = claim_id_of(event.subject, coverage_id)
    parts = read_parts(
        context,
        patient_id=event.data["patient_id"],
        encounter_id=event.subject,
        coverage_id=coverage_id,
    )
    claim = Claim(
        *Claim.key(context.practice_id, claim_id),
        patient_id=event.data["patient_id"],
        coverage_id=coverage_id,
        encounter_id=event.subject,
        day=parts.encounter.day,
        attempt=0,
        steps=(),
    )
    body = ClaimBody(*ClaimBody.key(context.practice_id, claim_id))
    context.work.create(claim, refusal=AlreadyDone())
    context.work.create(body, refusal=AlreadyDone())
    _fill(context, claim, body, parts)
    return claim


def remake_claim(context: Context, claim_id: str) -> Claim:
    """Make a claim anew from what the records say now, scrub it, and send it if it is clean.

    For one that needs attention or was rejected: to the payer it is a new claim (frequency 1).
    Charges made while there was no fee for their code get today's.
    NotReady (409) in any other state, NotCleared (409) while the practice may not send claims.
    """
    demand_cleared(context, Capability.CLAIMS)
    claim = get(Claim, Claim.key(context.practice_id, claim_id), consistent=True)
    context.concerns(claim.patient_id)
    if claim.status not in RESENDABLE:
        raise NotReady
    return _remade(context, claim)


def _remade(context: Context, claim: Claim) -> Claim:
    body = get(ClaimBody, ClaimBody.key(context.practice_id, claim.id), consistent=True)
    parts = read_parts(
        context,
        patient_id=claim.patient_id,
        encounter_id=claim.encounter_id,
        coverage_id=claim.coverage_id,
    )
    for charge in price_charges(context, parts.charges):
        context.work.save(charge, refusal=AccountChanged())
    context.work.save(claim)
    context.work.save(body)
    _fill(context, claim, body, parts)
    return claim


def release_claim(context: Context, claim_id: str) -> None:
    """The patient has consented: the claim that waited for that alone is made anew, and sent."""
    claim = find(Claim, Claim.key(context.practice_id, claim_id), consistent=True)
    if claim is None or not is_cleared(context, Capability.CLAIMS):
        return
    context.concerns(claim.patient_id)
    if waits_for_consent(claim):
        _remade(context, claim)


def read_claim(context: Context, claim_id: str) -> Claim:
    claim = get(Claim, Claim.key(context.practice_id, claim_id))
    context.concerns(claim.patient_id)
    return claim


def read_parts(context: Context, *, patient_id: str, encounter_id: str, coverage_id: str) -> Parts:
    """Everything a claim is made of: two round trips. NotFound if a part is gone."""
    practice_id = context.practice_id
    charges = beside(_charges, practice_id, patient_id, encounter_id)
    first = _read(
        Patient.key(practice_id, patient_id),
        Coverage.key(practice_id, patient_id, coverage_id),
        Encounter.key(practice_id, patient_id, encounter_id),
        Practice.key(practice_id),
    )
    patient, coverage, encounter, practice = first
    if not (
        isinstance(patient, Patient)
        and isinstance(coverage, Coverage)
        and isinstance(encounter, Encounter)
        and isinstance(practice, Practice)
    ):
        raise invalid_field("encounter_id", "not_found", "A part of the claim is gone")
    payer, practitioner, location = _read(
        Payer.key(practice_id, coverage.payer_id),
        Practitioner.key(practice_id, encounter.practitioner_id),
        Location.key(practice_id, encounter.location_id),
    )
    return Parts(
        practice=practice,
        patient=patient,
        coverage=coverage,
        encounter=encounter,
        charges=charges.result(),
        payer=payer if isinstance(payer, Payer) else None,
        practitioner=practitioner if isinstance(practitioner, Practitioner) else None,
        location=location if isinstance(location, Location) else None,
    )


def _fill(context: Context, claim: Claim, body: ClaimBody, parts: Parts) -> None:
    made, findings = _judged(context, claim, parts)
    if not is_cleared(context, Capability.CLAIMS):
        findings.append(not_cleared())
    if parts.encounter.part2_programme and not has_consented(parts.patient):
        findings.append(consent_missing())
    errors = [finding for finding in findings if finding.severity == "error"]
    claim.findings = tuple(findings)
    claim.payer_id = parts.payer.id if parts.payer else parts.coverage.payer_id
    claim.title = parts.payer.name if parts.payer else ""
    claim.amount = sum(charge.amount for charge in parts.charges)
    claim.charge_ids = tuple(charge.id for charge in parts.charges)
    body.content = made
    if errors:
        codes = tuple(finding.code for finding in errors)
        step = Step(context.now(), states.NEEDS_ATTENTION, "scrubber", codes)
        claim.move(context.practice_id, step)
        return
    claim.attempt += 1
    claim.control_number = next_number(context.practice_id, "interchange") % LARGEST + 1
    context.work.create(
        Submission(
            *Submission.key(context.practice_id, claim.control_number),
            claim_id=claim.id,
            attempt=claim.attempt,
        )
    )
    claim.move(context.practice_id, Step(context.now(), states.READY, "scrubber"))
    publish(context, claim, "claim.ready")


def _judged(
    context: Context, claim: Claim, parts: Parts
) -> tuple[ProfessionalClaim | None, list[ScrubFinding]]:
    missing = parts.missing()
    if missing:
        return None, missing
    try:
        made = assemble(claim.number, parts)
        limit = parts.payer.timely_filing_days if parts.payer else None
        findings = scrub(
            made, on=context.today(), check_diagnosis=_verdict, timely_filing_days=limit
        )
    except UnwritableError as unwritable:
        return None, [error("unwritable", unwritable.field, str(unwritable))]
    return made, list(findings)


def _verdict(code: str, day: object) -> CodeVerdict:
    checked = check_code(code, day).verdict  # type: ignore[arg-type]
    return (
        "valid" if checked == "valid" else "not_checked" if checked == "not_checked" else "invalid"
    )


def _charges(practice_id: str, patient_id: str, encounter_id: str) -> list[Charge]:
    partition = Patient.key(practice_id, patient_id).pk
    charges: Iterable[Charge] = query_all(partition, begins="money#charge#", consistent=True)
    own = [charge for charge in charges if charge.encounter_id == encounter_id]
    return sorted(own, key=lambda charge: charge.line)


def _read(*keys: Key) -> list[Record | None]:
    found = find_many(keys, consistent=True)
    return [found.get(key) for key in keys]
