"""Asking patients for money: an invoice for what they owe of one visit, or for having missed one."""

from typing import NamedTuple

from ..clinical.models import Encounter
from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.store import get
from .charging import SELF_PAY, price_charges
from .errors import AccountChanged, NothingToInvoice
from .ledger import Account, read_account, record
from .missed_visits.models import MissedVisitFee
from .models import Charge, Invoice
from .posting_rules import apply_credits
from .schemas import InvoiceBody
from .withholding import withheld_visits


class Invoiced(NamedTuple):
    """An invoice with what it asks for; `withheld` if the caller may not see its codes."""

    invoice: Invoice
    charges: list[Charge]
    fees: list[MissedVisitFee]
    withheld: bool


def make_invoice(context: Context, patient_id: str, body: InvoiceBody) -> Invoiced:
    """Invoice what the patient owes of an encounter, a fee, or both, and no invoice asks for yet.

    Its charges without a fee get today's. The patient's credit is applied first. NotFound for an
    encounter or a fee that is not the patient's; NothingToInvoice (409).
    """
    if body.encounter_id is None and body.fee_id is None:
        raise invalid_field("encounter_id", "missing", "Name an encounter, a fee, or both")
    account = read_account(context, patient_id)
    charges = _open_charges(context, account, body.encounter_id) if body.encounter_id else []
    fees = _open_fees(account, body.fee_id) if body.fee_id else []
    asked: list[Charge | MissedVisitFee] = [*charges, *fees]
    if not asked:
        raise NothingToInvoice
    invoice = Invoice(
        *Invoice.key(context.practice_id, patient_id, context.new_id("inv")),
        number="",
        encounter_id=body.encounter_id,
        day=context.today(),
        charge_ids=tuple(each.id for each in asked),
        amount=sum(each.patient_due for each in asked),
    )
    invoice.number = f"I-{invoice.id[-8:]}"
    for each in asked:
        each.invoice_id = invoice.id
    credits = [payment.left for payment in account.payments if payment.unapplied > 0]
    entries = apply_credits([each.balance for each in asked], credits)
    record(context, account, entries, source_id=invoice.id)
    paid_now = {entry.charge_id for entry in entries}
    for each in asked:
        if each.id not in paid_now:
            context.work.save(each, refusal=AccountChanged())
    context.work.create(invoice)
    return _invoiced(context, invoice, charges, fees)


def read_invoice(context: Context, patient_id: str, invoice_id: str) -> Invoiced:
    """An invoice and how what it asks for stands now: one Query of the account."""
    account = read_account(context, patient_id)
    for invoice in account.invoices:
        if invoice.id == invoice_id:
            asked = set(invoice.charge_ids)
            charges = [each for each in account.charges if each.id in asked]
            fees = [each for each in account.fees if each.id in asked]
            return _invoiced(context, invoice, charges, fees)
    raise NotFound


def _invoiced(
    context: Context, invoice: Invoice, charges: list[Charge], fees: list[MissedVisitFee]
) -> Invoiced:
    visits = [invoice.encounter_id] if invoice.encounter_id else []
    hidden = withheld_visits(context, invoice.patient_id, visits) if visits else frozenset()
    return Invoiced(invoice, charges, fees, invoice.encounter_id in hidden)


def _open_charges(context: Context, account: Account, encounter_id: str) -> list[Charge]:
    own = [charge for charge in account.charges if charge.encounter_id == encounter_id]
    if not own:
        get(Encounter, Encounter.key(context.practice_id, account.patient_id, encounter_id))
    price_charges(context, [charge for charge in own if charge.bill_to == SELF_PAY])
    return [each for each in own if each.patient_due > 0 and each.invoice_id is None]


def _open_fees(account: Account, fee_id: str) -> list[MissedVisitFee]:
    own = [fee for fee in account.fees if fee.id == fee_id]
    if not own:
        raise NotFound
    return [each for each in own if each.patient_due > 0 and each.invoice_id is None]
