"""Asking patients for money: an invoice for what they owe of one visit."""

from typing import NamedTuple

from ..clinical.models import Encounter
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.store import get
from .charging import SELF_PAY, price_charges
from .errors import AccountChanged, NothingToInvoice
from .ledger import Account, read_account, record
from .models import Charge, Invoice
from .posting_rules import apply_credits
from .schemas import InvoiceBody
from .withholding import withheld_visits


class Invoiced(NamedTuple):
    """An invoice with the charges it asks for; `withheld` if the caller may not see their codes."""

    invoice: Invoice
    charges: list[Charge]
    withheld: bool


def make_invoice(context: Context, patient_id: str, body: InvoiceBody) -> Invoiced:
    """Invoice what the patient owes of an encounter and no invoice asks for yet.

    Its charges without a fee get today's. The patient's credit is applied first. NotFound for an
    encounter that is not the patient's; NothingToInvoice (409).
    """
    account = read_account(context, patient_id)
    charges = _open_charges(context, account, body.encounter_id)
    invoice = Invoice(
        *Invoice.key(context.practice_id, patient_id, context.new_id("inv")),
        number="",
        encounter_id=body.encounter_id,
        day=context.today(),
        charge_ids=tuple(charge.id for charge in charges),
        amount=sum(charge.patient_due for charge in charges),
    )
    invoice.number = f"I-{invoice.id[-8:]}"
    for charge in charges:
        charge.invoice_id = invoice.id
    credits = [payment.left for payment in account.payments if payment.unapplied > 0]
    entries = apply_credits([charge.balance for charge in charges], credits)
    record(context, account, entries, source_id=invoice.id)
    paid_now = {entry.charge_id for entry in entries}
    for charge in charges:
        if charge.id not in paid_now:
            context.work.save(charge, refusal=AccountChanged())
    context.work.create(invoice)
    return _invoiced(context, invoice, charges)


def read_invoice(context: Context, patient_id: str, invoice_id: str) -> Invoiced:
    """An invoice and how its charges stand now: one Query of the account."""
    account = read_account(context, patient_id)
    for invoice in account.invoices:
        if invoice.id == invoice_id:
            asked = set(invoice.charge_ids)
            charges = [each for each in account.charges if each.id in asked]
            return _invoiced(context, invoice, charges)
    raise NotFound


def _invoiced(context: Context, invoice: Invoice, charges: list[Charge]) -> Invoiced:
    hidden = withheld_visits(context, invoice.patient_id, [invoice.encounter_id])
    return Invoiced(invoice, charges, invoice.encounter_id in hidden)


def _open_charges(context: Context, account: Account, encounter_id: str) -> list[Charge]:
    own = [charge for charge in account.charges if charge.encounter_id == encounter_id]
    if not own:
        get(Encounter, Encounter.key(context.practice_id, account.patient_id, encounter_id))
    price_charges(context, [charge for charge in own if charge.bill_to == SELF_PAY])
    charges = [each for each in own if each.patient_due > 0 and each.invoice_id is None]
    if not charges:
        raise NothingToInvoice
    return charges
