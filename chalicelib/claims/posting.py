"""Posting a remittance (835): claim by claim, each a transaction of its own, each once."""

from ..billing.charging import charge_id_of
from ..billing.posting import post_adjudication
from ..billing.posting_rules import REVERSAL
from ..billing.posting_values import (
    Adjustment,
    EntryKind,
    NotPostable,
    OpenKind,
    Posting,
    RemittedClaim,
    RemittedLine,
)
from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.ids import derived_id
from ..platform.store import Key, Record, find_many, query_all
from . import states
from .models import Claim, RemittanceItem, RemittanceRecord, Step
from .submission import publish
from .x12.remittance import Adjustment as Cas
from .x12.remittance import Remittance, RemittanceClaim, RemittanceLine

POSTED, UNMATCHED, NOT_POSTABLE = "posted", "unmatched", "not_postable"


def post_remittance(context: Context, remittance: Remittance, *, file_sha256: str) -> None:
    """Post every claim payment that is not posted yet. Nothing of a claim is ever half posted.

    What names no claim of ours, or does not fit its charges, is kept as an item for a biller. The
    remittance's id follows from payer, trace number and payment: the same payment sent in another
    file posts nothing twice.
    """
    remittance_id = derived_id(
        "rem", remittance.payer.id, remittance.trace_number, str(remittance.payment)
    )
    _record(context, remittance, remittance_id, file_sha256)
    partition = RemittanceItem.key(context.practice_id, remittance_id, 0).pk
    done = {item.sk for item in query_all(partition, consistent=True)}
    todo = [
        claim
        for claim in remittance.claims
        if RemittanceItem.key(context.practice_id, remittance_id, claim.segment).sk not in done
    ]
    claims = find_many({_claim_key(context, claim) for claim in todo}, consistent=True)
    for remitted in todo:
        known = claims.get(_claim_key(context, remitted))
        _post_one(context, remitted, known, remittance_id)


def _post_one(
    context: Context, remitted: RemittanceClaim, known: Record | None, remittance_id: str
) -> None:
    item = RemittanceItem(
        *RemittanceItem.key(context.practice_id, remittance_id, remitted.segment),
        control_number=remitted.control_number,
        claim_status_code=remitted.status_code,
        charge=remitted.charge,
        paid=remitted.paid,
        segment=remitted.segment,
        status=UNMATCHED,
    )
    if isinstance(known, Claim):
        item.claim_id = known.id
        try:
            _stage(context, known, remitted, remittance_id)
            item.status = POSTED
        except NotPostable:
            context.work.discard()
            item.status = NOT_POSTABLE
    context.work.create(item, refusal=AlreadyDone())
    try:
        context.work.commit()
    except AlreadyDone:
        context.work.discard()


def _stage(context: Context, claim: Claim, remitted: RemittanceClaim, remittance_id: str) -> None:
    context.concerns(claim.patient_id)
    posting = post_adjudication(
        context,
        claim.patient_id,
        _remitted(claim, remitted),
        claim_id=claim.id,
        charge_ids=claim.charge_ids,
        source_id=remittance_id,
    )
    status = _status(remitted, posting)
    claim.paid += remitted.paid
    claim.open_items = posting.open_items or None
    if remitted.payer_claim_control_number:
        claim.payer_control_number = remitted.payer_claim_control_number
    codes = tuple(f"{cas.group}-{cas.reason}" for cas in remitted.all_adjustments)
    claim.move(context.practice_id, Step(context.now(), status, "remittance", codes))
    context.work.save(claim)
    if status in (states.PAID, states.DENIED):
        publish(context, claim, f"claim.{status}")
    _tell_ledger(context, claim, posting, remittance_id)


def _tell_ledger(context: Context, claim: Claim, posting: Posting, remittance_id: str) -> None:
    sums = {
        kind: sum(entry.amount for entry in posting.entries if entry.kind is kind)
        for kind in EntryKind
    }
    outbox.publish(
        context,
        "ledger.posted",
        remittance_id,
        1,
        patient_id=claim.patient_id,
        claim_id=claim.id,
        day=context.today().isoformat(),
        insurance_paid=str(sums[EntryKind.INSURANCE_PAYMENT]),
        adjusted=str(sums[EntryKind.CONTRACTUAL_ADJUSTMENT]),
        patient_responsibility=str(sums[EntryKind.PATIENT_RESPONSIBILITY]),
    )


def _status(remitted: RemittanceClaim, posting: Posting) -> str:
    """A denial is read off the adjustments, never off CLP02 (X12 RFI 1423)."""
    if remitted.status_code == REVERSAL:
        return states.REVERSED
    denied = any(item.kind is OpenKind.DENIED for item in posting.open_items)
    return states.DENIED if denied and remitted.paid == 0 else states.PAID


def _remitted(claim: Claim, remitted: RemittanceClaim) -> RemittedClaim:
    return RemittedClaim(
        status=remitted.status_code,
        billed=remitted.charge,
        paid=remitted.paid,
        adjustments=_adjustments(remitted.adjustments),
        lines=tuple(
            RemittedLine(
                charge_id=_charge_of(claim, line, place),
                billed=line.charge,
                paid=line.paid,
                adjustments=_adjustments(line.adjustments),
            )
            for place, line in enumerate(remitted.lines, start=1)
        ),
    )


def _charge_of(claim: Claim, line: RemittanceLine, place: int) -> str:
    """By our line control number (REF*6R); a payer that leaves it out keeps our order."""
    number = line.control_number if line.control_number.isdigit() else str(place)
    return charge_id_of(claim.encounter_id, int(number))


def _adjustments(found: tuple[Cas, ...]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(cas.group, cas.reason, cas.amount) for cas in found)


def _claim_key(context: Context, remitted: RemittanceClaim) -> Key:
    number = remitted.control_number.replace("#", "-").strip() or "-"
    return Claim.key(context.practice_id, f"clm_{number}")


def _record(context: Context, remittance: Remittance, remittance_id: str, file_sha256: str) -> None:
    context.work.create(
        RemittanceRecord(
            *RemittanceRecord.key(context.practice_id, remittance_id),
            payer_name=remittance.payer.name,
            trace_number=remittance.trace_number,
            payment=remittance.payment,
            method=remittance.payment_method,
            paid_on=remittance.payment_date,
            claims=len(remittance.claims),
            provider_adjustments=[
                {"reason": each.reason, "reference": each.reference, "amount": each.amount}
                for each in remittance.provider_adjustments
            ]
            or None,
            file_sha256=file_sha256,
            received_at=context.now(),
        ),
        refusal=AlreadyDone(),
    )
    try:
        context.work.commit()
    except AlreadyDone:
        context.work.discard()
