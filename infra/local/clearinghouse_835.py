"""The simulator's remittances: one 835 (X12 005010X221A1) of one payer to one payee.

Balances by construction (TR3 1.10.2): each service, each claim, and BPR02 = claims − PLB. What
would make a payment negative is carried forward to the payer's next one (1.10.2.12).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from chalicelib.claims.professional_claim import OrganizationName, PersonName, PostalAddress
from chalicelib.claims.x12.parties import address_segments, name_segment
from chalicelib.claims.x12.writing import Guide, Identifier, Text, d8, segment
from chalicelib.platform.money import decimal_text
from infra.local.clearinghouse_adjudication import AdjudicatedClaim, AdjudicatedLine, Adjustment
from infra.local.clearinghouse_intake import Party
from infra.local.clearinghouse_rules import PayerAdjustment

REMITTANCE: Final = Guide("HP", "835", "005010X221A1", names_itself_in_st=False)
FORWARD_BALANCE: Final = "FB"


@dataclass(frozen=True, slots=True)
class Payment:
    """What one 835 pays. `trace` is TRN02, unique for the payer."""

    payer: Party
    payee: Party
    claims: tuple[AdjudicatedClaim, ...]
    adjustments: tuple[PayerAdjustment, ...]
    trace: str
    on: date

    @property
    def balance(self) -> int:
        """Claims minus provider adjustments; below zero if the payee owes the payer."""
        owed = sum(claim.paid for claim in self.claims)
        return owed - sum(item.amount for item in self.adjustments)


def remittance_body(payment: Payment) -> list[str]:
    """The 835 between ST and SE. A negative balance is carried forward by a PLB of its own."""
    return [
        *_payment(payment),
        *_payer(payment.payer),
        *_payee(payment.payee),
        segment("LX", "1"),
        *[line for claim in payment.claims for line in _claim(claim, payment)],
        *_provider_adjustments(payment),
    ]


_PAYERS_STREET: Final = PostalAddress(
    line1="1 Simulation Way", city="Boston", state="MA", postal_code="02101"
)
_FILING_INDICATORS: Final = {"CI": "15", "BL": "12", "FI": "OF", "11": "ZZ"}


def _payment(payment: Payment) -> Iterator[str]:
    amount = max(payment.balance, 0)
    handling, method = ("I", "CHK") if amount else ("H", "NON")
    yield segment("BPR", handling, decimal_text(amount), "C", method, *[""] * 11, d8(payment.on))
    yield segment("TRN", "1", payment.trace, _originator(payment.payer))
    yield segment("DTM", "405", d8(payment.on))


def _originator(payer: Party) -> str:
    """TRN03: `1` and a nine-digit tax id, made up from the payer's id."""
    digest = int(hashlib.sha256(payer.identifier.encode()).hexdigest(), 16)
    return f"1{digest % 1_000_000_000:09d}"


def _payer(payer: Party) -> Iterator[str]:
    yield segment("N1", "PR", _words(payer.name))
    yield from address_segments(payer.address or _PAYERS_STREET)
    yield segment("REF", "2U", Identifier(payer.identifier, 50))
    yield segment("PER", "BL", "EDI SUPPORT", "TE", "8005550100")


def _payee(payee: Party) -> Iterator[str]:
    name = _words(payee.name)
    if payee.identifier:
        yield segment("N1", "PE", name, "XX", payee.identifier)
        if payee.tax_id:
            yield segment("REF", "TJ", payee.tax_id)
    else:
        yield segment("N1", "PE", name, "FI", payee.tax_id)


def _words(name: PersonName | OrganizationName) -> Text:
    """N102: one element for any name."""
    match name:
        case OrganizationName(organization):
            return Text(organization, 60)
        case PersonName(last=last, first=first):
            return Text(f"{first} {last}".strip()[:60], 60)


def _claim(item: AdjudicatedClaim, payment: Payment) -> Iterator[str]:
    """Loop 2100. A reversal has no CLP05."""
    claim, share = item.claim, decimal_text(item.patient_responsibility)
    yield segment(
        "CLP",
        Identifier(claim.number, 38),
        item.status,
        decimal_text(item.charge),
        decimal_text(item.paid),
        "" if item.status == "22" or share == "0" else share,
        _FILING_INDICATORS.get(claim.filing_indicator, claim.filing_indicator),
        item.control_number,
        claim.place_of_service,
        claim.frequency,
    )
    member = claim.subscriber.identifier
    is_subscriber = claim.patient == claim.subscriber
    yield name_segment("QC", claim.patient.name, "MI", member if is_subscriber else "")
    if not is_subscriber:
        yield name_segment("IL", claim.subscriber.name, "MI", member)
    if claim.rendering and claim.rendering.identifier:
        yield name_segment("82", claim.rendering.name, "XX", claim.rendering.identifier)
    if item.corrects:
        yield segment("REF", "F8", Identifier(item.corrects, 50))
    yield segment("DTM", "050", d8(payment.on))
    for line in item.lines:
        yield from _line(line)


def _line(item: AdjudicatedLine) -> Iterator[str]:
    """Loop 2110."""
    line = item.line
    procedure = tuple(Identifier(part, 48) for part in line.procedure[:6])
    charge, paid = decimal_text(item.charge), decimal_text(item.paid)
    yield segment("SVC", procedure, charge, paid, "", line.units)
    yield segment("DTM", "472", d8(line.service_date))
    for group, parts in groupby(item.adjustments, lambda part: part.group):
        yield _adjustments(group, list(parts))
    if line.control_number:
        yield segment("REF", "6R", Identifier(line.control_number, 50))
    if item.allowed > 0:
        yield segment("AMT", "B6", decimal_text(item.allowed))


def _adjustments(group: str, parts: Sequence[Adjustment]) -> str:
    triplets = [text for part in parts for text in (part.reason, decimal_text(part.amount), "")]
    return segment("CAS", group, *triplets)


def _provider_adjustments(payment: Payment) -> Iterator[str]:
    """PLB, six pairs a segment; a positive amount lowers the payment."""
    pairs = list(payment.adjustments)
    if payment.balance < 0:
        pairs.append(PayerAdjustment(FORWARD_BALANCE, payment.trace, payment.balance))
    provider = payment.payee.identifier or payment.payee.tax_id
    for start in range(0, len(pairs), 6):
        written = [
            element
            for pair in pairs[start : start + 6]
            for element in (
                (pair.reason, Identifier(pair.reference, 50)),
                decimal_text(pair.amount),
            )
        ]
        yield segment("PLB", provider, f"{payment.on.year}1231", *written)
