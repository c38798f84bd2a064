"""Posting a remittance (835): claim by claim, each a transaction of its own, each once."""

from ..billing.charging import charge_id_of
from ..billing.posting import post_adjudication
from ..billing.posting_rules import PREDETERMINATION, REVERSAL
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
from ..platform.store import Key, TooLarge, find_many, query_all
from . import states
from .models import Claim, RemittanceItem, RemittanceRecord, Step, claim_id_by
from .submission import publish
from .x12.remittance import Adjustment as Cas, Remittance, RemittanceClaim, RemittanceLine
from .x12.segments import is_count

POSTED, UNMATCHED, NOT_POSTABLE = "posted", "unmatched", "not_postable"


def post_remittance(context: Context, remittance: Remittance, *, file_sha256: str) -> None:
    """Post every claim payment that is not posted yet. Nothing of a claim is ever half posted.

    What names no claim of ours, does not fit its charges or is only foretold is kept as an item for
    a biller. The remittance's id follows from payer, trace number, payment and its date: the same
    payment sent in another file posts nothing twice.
    """
    remittance_id = derived_id(
        "rem",
        remittance.payer.id,
        remittance.trace_number,
        str(remittance.payment),
        str(remittance.payment_date),
    )
    _record(context, remittance, remittance_id, file_sha256)
    keys = {
        RemittanceItem.key(context.practice_id, remittance_id, place): remitted
        for place, remitted in enumerate(remittance.claims, start=1)
    }
    partition = RemittanceItem.key(context.practice_id, remittance_id, 0).pk
    done = {item.item_key for item in query_all(partition, consistent=True)}
    todo = {key: remitted for key, remitted in keys.items() if key not in done}
    ids = {claim_id_by(remitted.control_number) for remitted in todo.values()} - {None}
    claims = find_many((Claim.key(context.practice_id, str(each)) for each in ids), consistent=True)
    known = {claim.id: claim for claim in claims.values() if isinstance(claim, Claim)}
    for key, remitted in todo.items():
        claim = known.get(claim_id_by(remitted.control_number) or "")
        _post_one(context, _item(key, remitted), remitted, claim, remittance_id)


def _item(key: Key, remitted: RemittanceClaim) -> RemittanceItem:
    return RemittanceItem(
        *key,
        control_number=remitted.control_number,
        claim_status_code=remitted.status_code,
        charge=remitted.charge,
        paid=remitted.paid,
        segment=remitted.segment,
        status=UNMATCHED,
    )


def _post_one(
    context: Context,
    item: RemittanceItem,
    remitted: RemittanceClaim,
    claim: Claim | None,
    remittance_id: str,
) -> None:
    if claim is None:
        _keep(context, item, UNMATCHED)
        return
    item.claim_id = claim.id
    try:
        _stage(context, claim, remitted, remittance_id)
        _keep(context, item, POSTED)
    except (NotPostable, TooLarge):
        context.work.discard()
        _keep(context, item, NOT_POSTABLE)


def _keep(context: Context, item: RemittanceItem, status: str) -> None:
    """Commit the item with what is staged; nothing, if it is there already."""
    item.status = status
    context.work.create(item, refusal=AlreadyDone())
    try:
        context.work.commit()
    except AlreadyDone:
        context.work.discard()


def _stage(context: Context, claim: Claim, remitted: RemittanceClaim, remittance_id: str) -> None:
    if remitted.status_code == PREDETERMINATION:
        raise NotPostable("a predetermination decides nothing")
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
    number = line.control_number if is_count(line.control_number) else str(place)
    return charge_id_of(claim.encounter_id, int(number))


def _adjustments(found: tuple[Cas, ...]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(cas.group, cas.reason, cas.amount) for cas in found)


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
