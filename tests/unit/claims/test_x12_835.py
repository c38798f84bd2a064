"""Reading an 835: known answers, what is tolerated, what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from chalicelib.claims.x12.interchange import X12Error, read_interchanges
from chalicelib.claims.x12.reading_835 import read_remittance
from chalicelib.claims.x12.remittance import (
    Adjustment,
    Party,
    Payee,
    Payer,
    Procedure,
    ProviderAdjustment,
    Reference,
    Remittance,
    SupplementalAmount,
)
from chalicelib.claims.x12.remittance_balance import check_balance
from tests.unit.claims.edi_builders import (
    REMITTANCE,
    header,
    interchange,
    remittance_file,
    replaced,
)

CLAIM = [
    "CLP*CLM1*1*100*80**12*PCN1*11*1",
    "NM1*QC*1*DOE*JANE****MI*M0001",
    "SVC*HC:X1001*100*80**1",
    "DTM*472*20260105",
    "CAS*CO*45*20",
]


def remittance(text: str) -> Remittance:
    (read,) = read_interchanges(text)
    return read_remittance(read.sets[0])


def remittance_of(*body: str) -> Remittance:
    return remittance(interchange("835", body))


def refusals(*body: str) -> list[tuple[int, str]]:
    with pytest.raises(X12Error) as error:
        remittance_of(*body)
    return [(finding.segment, finding.text) for finding in error.value.findings]


def warnings(*body: str) -> list[tuple[int, str]]:
    return [(finding.segment, finding.text) for finding in remittance_of(*body).warnings]


def with_changed(body: list[str], old: str, new: str) -> list[str]:
    """`body` with its one segment that begins with `old` changed there."""
    found = [place for place, segment in enumerate(body) if segment.startswith(old)]
    assert len(found) == 1, f"{len(found)} segments begin with {old}"
    changed = list(body)
    changed[found[0]] = new + changed[found[0]].removeprefix(old)
    return changed


def test_the_payment_and_the_parties_are_read():
    read = remittance(remittance_file())
    assert (read.segment, read.control_number, read.version) == (3, "0001", "005010X221A1")
    assert (read.handling, read.payment, read.credit_or_debit) == ("I", 115050, "C")
    assert (read.payment_method, read.payment_date) == ("ACH", date(2026, 3, 3))
    assert (read.trace_number, read.trace_payer_id) == ("EFT0001", "1512345678")
    assert (read.payment_segment, read.trace_segment) == (4, 5)
    assert read.production_date == date(2026, 3, 2)
    assert read.payer == Payer(7, "ACME HEALTH PLAN", "60001")
    assert read.payee == Payee(9, "HILL CLINIC", "1234567893", "371234567")
    assert read.paid == 102000


def test_a_claim_is_read_with_its_parties_dates_and_amounts():
    claim = remittance(remittance_file()).claims[0]
    assert (claim.segment, claim.control_number, claim.status_code) == (13, "CLM1", "1")
    assert (claim.charge, claim.paid, claim.patient_responsibility) == (30000, 20000, 6000)
    assert (claim.filing_indicator, claim.payer_claim_control_number) == ("12", "PCN1")
    assert (claim.facility_code, claim.frequency) == ("11", "1")
    assert claim.patient == Party(14, "QC", "DOE", "JANE", "MI", "M0001")
    assert claim.member_id == "M0001"
    assert claim.party("82") == Party(15, "82", "ROE", "RITA", "XX", "1234567893")
    assert (claim.service_from, claim.service_to) == (date(2026, 1, 5), date(2026, 1, 6))
    assert claim.received == date(2026, 1, 10)
    assert claim.references == (Reference(16, "1L", "GROUP7"),)
    assert claim.amounts == (SupplementalAmount(20, "AU", 25000),)
    assert claim.adjustments == ()
    assert not claim.is_reversal


def test_a_line_is_read_with_its_procedure_adjustments_and_remarks():
    first, second = remittance(remittance_file()).claims[0].lines
    assert first.segment == 21
    assert first.procedure == Procedure("HC", "G0101", ("25", "59"))
    assert (first.charge, first.paid, first.units) == (20000, 15000, Decimal(1))
    assert (first.control_number, first.allowed) == ("LINE1", 18000)
    assert (first.service_from, first.service_to) == (date(2026, 1, 5), date(2026, 1, 5))
    assert first.adjustments == (
        Adjustment(23, "PR", "1", 3000, None),
        Adjustment(24, "CO", "45", 2000, None),
    )
    assert (first.remark_codes, first.submitted_procedure) == (("N130",), None)
    assert (second.revenue_code, second.units) == ("0250", Decimal(2))
    assert second.submitted_procedure == Procedure("HC", "X1001", ())
    assert (second.service_from, second.service_to) == (date(2026, 1, 5), date(2026, 1, 6))
    assert [(item.reason, item.amount) for item in second.adjustments] == [
        ("2", 2000),
        ("3", 1000),
        ("45", 2000),
    ]
    assert second.allowed is None


def test_a_cas_holds_up_to_six_triplets_and_claims_keep_their_own_apart():
    claim = remittance(remittance_file()).claims[1]
    assert claim.adjustments == (Adjustment(35, "OA", "23", 5000, None),)
    assert [(i.group, i.reason, i.amount, i.quantity) for i in claim.lines[0].adjustments] == [
        ("CO", "45", 10000, Decimal(1)),
        ("CO", "253", 1000, None),
        ("CO", "94", 2000, None),
        ("CO", "97", 3000, None),
        ("CO", "59", 4000, None),
        ("CO", "16", 1000, Decimal(2)),
        ("CO", "96", 4000, None),
    ]
    assert len(claim.all_adjustments) == 8
    assert claim.remark_codes == ("MA01", "MA18")
    assert claim.member_id == "M0002"
    assert (claim.patient_responsibility, claim.frequency) == (None, "7")


def test_a_reversal_has_negative_amounts():
    claim = remittance(remittance_file()).claims[2]
    assert claim.is_reversal
    assert (claim.charge, claim.paid, claim.lines[0].adjustments[0].amount) == (
        -10000,
        -8000,
        -2000,
    )


def test_a_claim_after_an_lx_has_no_lines_of_the_claim_before():
    claims = remittance(remittance_file()).claims
    assert [len(claim.lines) for claim in claims] == [2, 1, 1, 0, 0]
    assert claims[3].adjustments == ()


def test_a_plb_holds_up_to_six_pairs_of_reason_and_amount():
    pairs = remittance(remittance_file()).provider_adjustments
    assert pairs[0] == ProviderAdjustment(
        58, "1234567893", date(2026, 12, 31), "WO", "OVERPAID", 2500
    )
    assert [(pair.reason, pair.reference, pair.amount) for pair in pairs[1:6]] == [
        ("L6", "INTEREST", -550),
        ("FB", "BALANCE", -10025),
        ("72", "R", 25),
        ("CT", "CAP", -6000),
        ("90", "X", 1000),
    ]
    assert pairs[6] == ProviderAdjustment(59, "1234567893", date(2026, 12, 31), "WO", "SECOND", 0)


def test_the_first_shared_sample_reads_as_computed_by_hand(samples):
    # Given a managed care 835: 800 - 50 - 300 = 450 and 1200 - 55 - 650 = 495
    read = remittance((samples / "x12/835/lfh_managed-care.835").read_text())
    # Then its figures are those, and it balances
    assert (read.payment, read.trace_number) == (94500, "7170066655")
    assert read.payee == Payee(10, "ACME MEDICAL CENTER", "5544667733", "777667755")
    assert [(claim.control_number, claim.paid) for claim in read.claims] == [
        ("5554555444", 45000),
        ("8765432112", 49500),
    ]
    assert [line.paid for claim in read.claims for line in claim.lines] == [50000, 55000]
    assert read.claims[0].lines[0].service_to == date(2002, 3, 4)
    assert check_balance(read) == ()
    assert [(item.segment, item.text) for item in read.warnings] == [
        (4, "BPR16 '20002316' is not a date"),
        (7, "the payer names no technical contact (PER*BL)"),
        (10, "the payee's NPI '5544667733' fails its check digit"),
    ]


def test_the_second_shared_sample_reads_in_spite_of_its_foreign_component_separator(samples):
    # Given a secondary payment: 10323.64 - 9411.64 = 912; 30 + 280 = 310
    read = remittance((samples / "x12/835/lfh_secondary-payment.835").read_text())
    # Then procedures are cut at the sign that is there, with a warning
    assert [line.procedure for line in read.claims[1].lines] == [
        Procedure("HC", "12345", ("26",)),
        Procedure("HC", "66543", ("26",)),
    ]
    assert (read.payment, [claim.paid for claim in read.claims]) == (122200, [91200, 31000])
    assert (read.payee.npi, read.payee.tin) == ("", "599944521")
    assert read.payer.id == "1559123456"
    assert read.claims[1].lines[1].allowed == 50000
    assert check_balance(read) == ()
    assert [item.segment for item in read.warnings] == [8, 29, 34]


@pytest.mark.parametrize(
    ("old", "new", "segment", "text"),
    [
        ("PER*BL", "PER*CX", 7, "the payer names no technical contact (PER*BL)"),
        ("N1*PR", "N1*XX", 3, "the transaction set names no payer (N1*PR)"),
        ("N1*PE*HILL CLINIC*XX*1234567893", "N1*PE*X*XX*1", 9, "the payee's NPI '1' fails"),
        ("BPR*I*80*C", "BPR*I*80*X", 4, "BPR03 is 'X', C or D expected"),
        ("BPR*I*80*C*ACH", "BPR*I*80*C*", 4, "BPR04 names no payment method"),
        ("DTM*405*20260302", "DTM*405*2026-03-02", 6, "DTM02 '2026-03-02' is not a date"),
        ("DTM*472*20260105", "DTM*472*20260231", 15, "DTM02 '20260231' is not a date"),
        ("DTM*472*20260105", "DTM*472*10010101", 15, "DTM02 '10010101' is an implausible date"),
        ("LX*1", "ZZZ*1", 11, "ZZZ is not expected here"),
        ("NM1*QC", "NM1*IL", 12, "the claim names no patient (NM1*QC)"),
        ("CLP*CLM1*1", "CLP*CLM1*99", 12, "CLP02 '99' is no claim status"),
        ("CLP*CLM1*1*100*80**12*PCN1", "CLP*CLM1*1*100*80**12*", 12, "CLP07 holds no payer"),
        ("SVC*HC:X1001", "SVC*HC", 14, "SVC01 names no procedure"),
        ("SVC*HC:X1001", "SVC*", 14, "SVC01 names no procedure"),
        ("SVC*HC:X1001*100*80**1", "SVC*HC:X1001*100*80**one", 14, "SVC05 'one' is not a quant"),
        ("CAS*CO*45*20", "CAS*CO*45*20*x", 16, "CAS04 'x' is not a quantity"),
        ("CAS*CO", "CAS*ZZ", 16, "CAS01 'ZZ' is no adjustment group"),
        ("CAS*CO*45", "CAS*CO*", 16, "CAS02 names no reason"),
        ("DTM*472", "N1*PE", 15, "N1 is not expected here"),
    ],
)
def test_what_only_departs_from_the_guide_is_a_warning(old, new, segment, text):
    body = with_changed([*header("80"), *CLAIM], old, new)
    found = warnings(*body)
    assert any(place == segment and said.startswith(text) for place, said in found), found


def test_loops_in_unusual_order_are_read_all_the_same():
    # Given CAS before NM1 and after DTM, amounts before dates, no LX, a PLB before the claim
    plain = remittance_of(*header("80"), *CLAIM)
    odd = remittance_of(
        *header("80")[:-1], CLAIM[0], CLAIM[1], CLAIM[2], CLAIM[4], CLAIM[3], "AMT*B6*80"
    )
    assert odd.claims[0].lines[0].adjustments[0].amount == 2000
    assert odd.claims[0].lines[0].service_from == plain.claims[0].lines[0].service_from
    assert remittance_of(*header("70"), "PLB*1*20261231*WO:A*10", *CLAIM).claims[0].paid == 8000


def test_a_payee_after_the_first_lx_is_found():
    body = header("80")
    body.insert(5, body.pop())  # LX before N1*PE
    assert remittance_of(*body, *CLAIM).payee.npi == "1234567893"


def test_the_tin_is_that_of_n104_or_of_ref_tj_without_its_dash():
    named = header("80", payee="N1*PE*HILL CLINIC*FI*37-7654321")
    assert remittance_of(*named, *CLAIM).payee == Payee(9, "HILL CLINIC", "", "377654321")
    nameless = with_changed(header("80", payee="N1*PE*HILL CLINIC"), "REF*TJ", "REF*PQ")
    assert (9, "the payee has neither NPI nor TIN") in warnings(*nameless, *CLAIM)


def test_an_older_guide_or_another_group_code_is_a_warning():
    text = interchange("835", [*header("80"), *CLAIM], version="004010X091A1")
    read = remittance(replaced(text, "GS*HP", "GS*HN"))
    assert [item.text for item in read.warnings] == [
        "the version is '004010X091A1', 005010X221A1 expected",
        "GS01 is 'HN', HP expected",
    ]
    assert read.claims[0].paid == 8000


@pytest.mark.parametrize(
    ("old", "new", "segment", "text"),
    [
        ("BPR*", "NTE*", 3, "the transaction set has no payment (BPR)"),
        ("TRN*", "NTE*", 3, "the transaction set has no trace number (TRN)"),
        ("DTM*405", "BPR*I", 6, "the transaction set has a second payment (BPR)"),
        ("TRN*1*EFT0001", "TRN*1*", 5, "TRN02 holds no trace number"),
        ("BPR*I*80", "BPR*I*", 4, "BPR02 holds no amount"),
        ("CLP*CLM1", "CLP*", 12, "CLP01 holds no claim control number"),
        ("CLP*CLM1*1*100", "CLP*CLM1*1*", 12, "CLP03 holds no amount"),
        ("CLP*CLM1*1*100*80", "CLP*CLM1*1*100*", 12, "CLP04 holds no amount"),
        ("CLP*CLM1*1*100*80*", "CLP*CLM1*1*100*80*x", 12, "CLP05 'x' is not an amount"),
        ("SVC*HC:X1001*100", "SVC*HC:X1001*", 14, "SVC02 holds no amount"),
        ("SVC*HC:X1001*100*80", "SVC*HC:X1001*100*", 14, "SVC03 holds no amount"),
        ("CAS*CO*45*20", "CAS*CO*45*", 16, "CAS03 holds no amount"),
        ("DTM*472*20260105", "AMT*B6*1,000", 15, "AMT02 '1,000' is not an amount"),
        ("LX*1", "CAS*CO*45*20", 11, "CAS stands out of its place"),
        ("LX*1", "SVC*HC:X1*1*1", 11, "SVC stands out of its place"),
        ("DTM*472", "BPR*I", 15, "BPR stands out of its place"),
        ("DTM*472*20260105", "PLB*1*20261231*WO:A", 15, "PLB04 holds no amount"),
        ("DTM*472*20260105", "PLB*1*20261231*WO*A*5", 15, "PLB04 'A' is not an amount"),
        ("DTM*472*20260105", "LX*2", 16, "CAS stands outside a claim"),
    ],
)  # fmt: skip
def test_money_and_control_numbers_that_are_missing_or_misplaced_are_refused(
    old, new, segment, text
):
    assert (segment, text) in refusals(*with_changed([*header("80"), *CLAIM], old, new))


@pytest.mark.parametrize(
    "amount",
    ["12.345", "1e2", "1_0", "+80", "80-", "$80", "1,000", "NaN", "Infinity", "-", ".", "8 0",
     "٨٠", "0x50", "1234567890123456", "80.0.0", "--80"],
)  # fmt: skip
def test_an_amount_that_is_no_plain_decimal_is_refused(amount):
    body = with_changed([*header("80"), *CLAIM], "CLP*CLM1*1*100*80", f"CLP*CLM1*1*100*{amount}")
    assert (12, f"CLP04 {amount!r} is not an amount") in refusals(*body)


@pytest.mark.parametrize(
    ("written", "minor"),
    [("80", 8000), ("80.", 8000), ("80.5", 8050), ("080.50", 8050), (".5", 50), ("-80.05", -8005),
     ("0", 0), ("-0", 0), ("999999999999999", 99999999999999900)],
)  # fmt: skip
def test_an_amount_is_read_exactly(written, minor):
    body = with_changed([*header("80"), *CLAIM], "CLP*CLM1*1*100*80", f"CLP*CLM1*1*100*{written}")
    assert remittance_of(*body).claims[0].paid == minor


def test_every_refusal_of_a_set_is_reported():
    body = with_changed([*header("x"), *CLAIM], "CAS*CO*45*20", "CAS*CO*45*y")
    assert refusals(*body) == [
        (4, "BPR02 'x' is not an amount"),
        (16, "CAS03 'y' is not an amount"),
    ]


def test_a_remittance_without_claims_is_read():
    read = remittance_of(*header("10")[:-1], "PLB*1234567893*20261231*CT:JULY*-10")
    assert (read.claims, read.provider_adjustments[0].reason) == ((), "CT")
    assert check_balance(read) == ()


def test_the_builder_file_is_clean_but_for_its_one_foreign_separator():
    assert [item.segment for item in remittance_of(*REMITTANCE).warnings] == [59]
