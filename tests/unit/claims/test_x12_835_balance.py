"""X221A1 §1.10.2.1: a remittance balances at the line, the claim and the transaction, or is refused."""

import pytest

from chalicelib.claims.x12.interchange import X12Error, read_interchanges
from chalicelib.claims.x12.reading_835 import read_remittance
from chalicelib.claims.x12.remittance_balance import check_balance
from tests.unit.claims.edi_builders import header, interchange, remittance_file, replaced


def judged(text: str) -> list[tuple[int, str]]:
    """The refusals of a file; [] if it balances."""
    try:
        check_balance(read_remittance(read_interchanges(text)[0].sets[0]))
    except X12Error as error:
        return [(finding.segment, finding.text) for finding in error.findings]
    return []


def warned(text: str) -> list[tuple[int, str]]:
    found = check_balance(read_remittance(read_interchanges(text)[0].sets[0]))
    return [(finding.segment, finding.text) for finding in found]


def with_claims(*claims: str, payment: str) -> str:
    return interchange("835", [*header(payment), *claims])


def test_the_builder_file_balances():
    assert judged(remittance_file()) == []
    assert warned(remittance_file()) == []


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ("*200*150**1", "*200*151**1", [(21, "SVC03 is 151; SVC02 less its CAS is 150")]),
        (
            "*200*150**1",
            "*201*150**1",
            [
                (13, "CLP03 is 300; the sum of SVC02 is 301"),
                (21, "SVC03 is 150; SVC02 less its CAS is 151"),
            ],
        ),
        (
            "CAS*PR*1*30",
            "CAS*PR*1*30.01",
            [
                (13, "CLP04 is 200; CLP03 less the claim's CAS is 199.99"),
                (21, "SVC03 is 150; SVC02 less its CAS is 149.99"),
            ],
        ),
        (
            "CAS*OA*23*50",
            "CAS*OA*23*-50",
            [(34, "CLP04 is 400; CLP03 less the claim's CAS is 500")],
        ),
        (
            "CLP*CLM1*1*300*200",
            "CLP*CLM1*1*300*200.5",
            [
                (4, "BPR02 is 1150.5; the sum of CLP04 less PLB is 1151"),
                (13, "CLP04 is 200.5; CLP03 less the claim's CAS is 200"),
            ],
        ),
        (
            "CLP*CLM4*2*500",
            "CLP*CLM4*2*501",
            [(51, "CLP04 is 500; CLP03 less the claim's CAS is 501")],
        ),
        ("BPR*I*1150.5", "BPR*I*1150.05", [(4, "BPR02 is 1150.05; the sum of CLP04 less PLB is 1150.5")]),
        ("WO:OVERPAID*25", "WO:OVERPAID*-25", [(4, "BPR02 is 1150.5; the sum of CLP04 less PLB is 1200.5")]),
        ("90:X*10", "90:X*1", [(4, "BPR02 is 1150.5; the sum of CLP04 less PLB is 1159.5")]),
    ],
)  # fmt: skip
def test_a_sum_that_is_wrong_is_refused_with_its_place_and_both_figures(old, new, breaks):
    text = remittance_file().replace("CLP*CLM4*1*", "CLP*CLM4*2*")
    assert judged(replaced(text, old, new)) == breaks


def test_a_reversal_must_balance_too():
    reversal = ("CLP*CLM1*22*-100*-80**12*PCN1", "CAS*CO*45*-20")
    paid = ("CLP*CLM1*1*100*90**12*PCN2", "CAS*CO*45*10")
    assert judged(with_claims(*reversal, *paid, payment="10")) == []
    assert judged(with_claims(reversal[0], "CAS*CO*45*20", *paid, payment="10")) == [
        (12, "CLP04 is -80; CLP03 less the claim's CAS is -120")
    ]


def test_a_payment_below_zero_is_refused_even_if_it_balances():
    reversal = ("CLP*CLM1*22*-100*-80**12*PCN1", "CAS*CO*45*-20")
    assert judged(with_claims(*reversal, payment="-80")) == [(4, "BPR02 -80 is below 0")]
    forwarded = "PLB*1234567893*20261231*FB:EFT0001*-80"
    assert judged(with_claims(*reversal, forwarded, payment="0")) == []


def test_a_negative_adjustment_that_raises_the_payment_balances():
    claim = ("CLP*CLM1*2*541*34**12*P", "SVC*HC:X1001*541*34", "CAS*OA*23*516", "CAS*OA*94*-9")
    assert judged(with_claims(*claim, payment="34")) == []


def test_a_denied_a_capitated_and_a_predetermined_claim_balance():
    claims = (
        *("CLP*CLM1*1*90*0**12*P1", "SVC*HC:X1001*90*0", "CAS*CO*50*90"),
        *("CLP*CLM2*1*70*0**HM*P2", "SVC*HC:X1001*70*0", "CAS*CO*24*70"),
        *("CLP*CLM3*25*60*0**12*P3", "SVC*AD:D0120*60*0", "CAS*OA*101*60"),
    )
    assert judged(with_claims(*claims, payment="0")) == []


def test_a_claim_whose_lines_are_bundled_balances():
    # Given two lines paid as one: the first carries the whole charge, the second is denied
    claim = (
        *("CLP*CLM1*1*200*150**12*P1", "SVC*HC:X1003*100*150**1*HC:X1001"),
        *("CAS*OA*94*-100", "CAS*CO*45*50"),
        *("SVC*HC:X1003*100*0**0*HC:X1002", "CAS*CO*97*100"),
    )
    assert judged(with_claims(*claim, payment="150")) == []


def test_patient_responsibility_that_differs_from_its_adjustments_is_a_warning():
    claim = ("CLP*CLM1*1*100*80*15*12*P", "CAS*PR*1*20")
    assert warned(with_claims(*claim, payment="80")) == [
        (12, "CLP05 is 15; the sum of CAS*PR is 20")
    ]
    unsaid = ("CLP*CLM1*1*100*80**12*P", "CAS*PR*1*20")
    assert warned(with_claims(*unsaid, payment="80")) == [
        (12, "CLP05 is 0; the sum of CAS*PR is 20")
    ]


def test_a_reversal_needs_no_patient_responsibility():
    reversal = ("CLP*CLM1*22*-100*-80**12*PCN1", "CAS*PR*1*-20")
    forwarded = "PLB*1234567893*20261231*FB:EFT0001*-80"
    assert warned(with_claims(*reversal, forwarded, payment="0")) == []


def test_every_break_in_a_remittance_is_named():
    claims = ("CLP*CLM1*1*100*80**12*P", "CLP*CLM2*1*50*40**12*P")
    assert [segment for segment, _ in judged(with_claims(*claims, payment="1"))] == [4, 12, 13]
