"""Does a remittance add up? Line, claim and transaction (005010X221A1 §1.10.2.1).

All sums in minor units. A reversal (CLP02 = 22) has negative amounts and balances by the same
rules; CAS and PLB amounts keep their sign.
"""

from collections.abc import Iterable, Iterator

from chalicelib.claims.x12.interchange import Finding, Findings
from chalicelib.claims.x12.remittance import Adjustment, Remittance, RemittanceClaim, RemittanceLine
from chalicelib.platform.money import decimal_text


def check_balance(remittance: Remittance) -> tuple[Finding, ...]:
    """The warnings of a remittance that balances.

    Raises X12Error with every sum that does not: line, claim, transaction, or a payment below 0.
    """
    findings = Findings()
    for claim in remittance.claims:
        for line in claim.lines:
            _check_line(line, findings)
        _check_claim(claim, findings)
        _compare_patient_responsibility(claim, findings)
    _check_payment(remittance, findings)
    findings.settle()
    return findings.warnings


def _check_line(line: RemittanceLine, findings: Findings) -> None:
    """§1.10.2.1.1: SVC02 - CAS = SVC03."""
    expected = line.charge - _sum(line.adjustments)
    if line.paid != expected:
        findings.refuse(line.segment, _text("SVC03", "SVC02 less its CAS", expected, line.paid))


def _check_claim(claim: RemittanceClaim, findings: Findings) -> None:
    """§1.10.2.1.2: CLP03 - CAS of claim and lines = CLP04; the line charges add up to CLP03."""
    expected = claim.charge - _sum(claim.all_adjustments)
    if claim.paid != expected:
        findings.refuse(
            claim.segment, _text("CLP04", "CLP03 less the claim's CAS", expected, claim.paid)
        )
    charges = sum(line.charge for line in claim.lines)
    if claim.lines and charges != claim.charge:
        findings.refuse(claim.segment, _text("CLP03", "the sum of SVC02", charges, claim.charge))


def _check_payment(remittance: Remittance, findings: Findings) -> None:
    """§1.10.2.1.3: the sum of CLP04 - the sum of PLB = BPR02, which is never below 0."""
    withheld = sum(item.amount for item in remittance.provider_adjustments)
    expected = remittance.paid - withheld
    if remittance.payment != expected:
        findings.refuse(
            remittance.payment_segment,
            _text("BPR02", "the sum of CLP04 less PLB", expected, remittance.payment),
        )
    if remittance.payment < 0:
        findings.refuse(
            remittance.payment_segment,
            f"BPR02 {decimal_text(remittance.payment)} is below 0",
        )


def _compare_patient_responsibility(claim: RemittanceClaim, findings: Findings) -> None:
    """A warning: CLP05 and the claim's PR adjustments differ. Reversals carry no CLP05."""
    adjusted = sum(_of_group(claim.all_adjustments, "PR"))
    stated = claim.patient_responsibility or 0
    if stated != adjusted and not claim.is_reversal:
        findings.warn(claim.segment, _text("CLP05", "the sum of CAS*PR", adjusted, stated))


def _of_group(adjustments: Iterable[Adjustment], group: str) -> Iterator[int]:
    return (item.amount for item in adjustments if item.group == group)


def _sum(adjustments: Iterable[Adjustment]) -> int:
    return sum(item.amount for item in adjustments)


def _text(name: str, source: str, expected: int, found: int) -> str:
    return f"{name} is {decimal_text(found)}; {source} is {decimal_text(expected)}"
