"""Routes of money: fees, payments, accounts, invoices, receipts, superbills."""

from ..clinical.schemas import EncounterDetail
from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import billed_notes, fees, handouts, invoices, ledger, payments, withholding
from .missed_visits.schemas import FeeView
from .schemas import (
    AccountView,
    BalanceView,
    ChargeView,
    EntryView,
    FeeScheduleBody,
    FeeScheduleView,
    InvoiceBody,
    InvoiceView,
    PaymentBody,
    PaymentView,
    ReceiptView,
    SuperbillView,
)

routes = Routes("billing")


@routes.get("/v1/fee-schedule", permission=Permission.READ_PRACTICE)
def read_fee_schedule(context: Context) -> FeeScheduleView:
    """The practice's fees; version 0 while none were set."""
    return FeeScheduleView.of(fees.read_fee_schedule(context), context.tenant.currency)


@routes.put("/v1/fee-schedule", permission=Permission.MANAGE_FEES)
def change_fee_schedule(context: Context, body: FeeScheduleBody) -> FeeScheduleView:
    """Replace the fees. Charges that stand keep their amounts.

    422 `duplicate_fee`, `fee_schedule_too_large`.
    """
    return FeeScheduleView.of(fees.change_fee_schedule(context, body), context.tenant.currency)


@routes.post("/v1/patients/{patient_id}/payments", permission=Permission.TAKE_PAYMENT, status=201)
def take_payment(context: Context, patient_id: str, body: PaymentBody) -> PaymentView:
    """Record money received.

    A copay waits unapplied for the remittance; any other payment goes to what is owed, oldest
    charge first, and the rest stays as the patient's credit. 409 `account_changed`: retry.
    """
    return PaymentView.of(payments.take_payment(context, patient_id, body), context.tenant.currency)


@routes.get("/v1/patients/{patient_id}/payments/{payment_id}", permission=Permission.TAKE_PAYMENT)
def read_payment(context: Context, patient_id: str, payment_id: str) -> PaymentView:
    """One payment."""
    return PaymentView.of(
        payments.read_payment(context, patient_id, payment_id), context.tenant.currency
    )


@routes.get(
    "/v1/patients/{patient_id}/payments/{payment_id}/receipt", permission=Permission.TAKE_PAYMENT
)
def read_receipt(context: Context, patient_id: str, payment_id: str) -> ReceiptView:
    """The receipt of a payment."""
    return handouts.receipt(context, patient_id, payment_id)


@routes.get("/v1/patients/{patient_id}/balance", permission=Permission.TAKE_PAYMENT)
def read_balance(context: Context, patient_id: str) -> BalanceView:
    """What the payer owes, what the patient owes, and the patient's credit."""
    return BalanceView.of(ledger.read_balance(context, patient_id), context.tenant.currency)


@routes.get("/v1/patients/{patient_id}/account", permission=Permission.READ_LEDGER)
def read_account(context: Context, patient_id: str) -> AccountView:
    """The whole account: charges, payments and every movement.

    Charges of sensitive visits have no `code`, but for their care team and for who bills.
    """
    account, currency = ledger.open_account(context, patient_id), context.tenant.currency
    visits = (charge.encounter_id for charge in account.charges)
    withheld = withholding.withheld_visits(context, patient_id, visits)
    return AccountView(
        balance=BalanceView.of(account.balance, currency),
        charges=[
            ChargeView.of(charge, currency, withheld=charge.encounter_id in withheld)
            for charge in account.charges
        ],
        fees=[FeeView.of(fee, currency) for fee in account.fees],
        payments=[PaymentView.of(payment, currency) for payment in account.payments],
        entries=[view for entry in account.entries for view in EntryView.all_of(entry, currency)],
    )


@routes.post("/v1/patients/{patient_id}/invoices", permission=Permission.TAKE_PAYMENT, status=201)
def make_invoice(context: Context, patient_id: str, body: InvoiceBody) -> InvoiceView:
    """Invoice what the patient owes of a visit, or for a missed one. 409 `nothing_to_invoice`, `account_changed`."""
    made = invoices.make_invoice(context, patient_id, body)
    return InvoiceView.of(*made[:-1], context.tenant.currency, withheld=made.withheld)


@routes.get("/v1/patients/{patient_id}/invoices/{invoice_id}", permission=Permission.TAKE_PAYMENT)
def read_invoice(context: Context, patient_id: str, invoice_id: str) -> InvoiceView:
    """An invoice, and what is still open of it."""
    found = invoices.read_invoice(context, patient_id, invoice_id)
    return InvoiceView.of(*found[:-1], context.tenant.currency, withheld=found.withheld)


@routes.get(
    "/v1/patients/{patient_id}/encounters/{encounter_id}/billed",
    permission=Permission.READ_BILLED_NOTES,
)
def read_billed_encounter(context: Context, patient_id: str, encounter_id: str) -> EncounterDetail:
    """A billed encounter with its note; of a sensitive one the codes alone.

    404 until there are charges for it.
    """
    encounter, documented = billed_notes.read_billed_encounter(context, patient_id, encounter_id)
    return EncounterDetail.of(documented) if documented else EncounterDetail.codes_of(encounter)


@routes.get(
    "/v1/patients/{patient_id}/encounters/{encounter_id}/superbill",
    permission=Permission.READ_LEDGER,
)
def read_superbill(context: Context, patient_id: str, encounter_id: str) -> SuperbillView:
    """The superbill of a visit. 409 `not_charged` until it is signed and charged.

    A sensitive visit's is for its care team and for who bills; 404 for all others.
    """
    return handouts.superbill(context, patient_id, encounter_id)
