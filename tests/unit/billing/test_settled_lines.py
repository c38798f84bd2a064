from chalicelib.billing.posting_values import (
    Adjustment,
    ChargeBalance,
    RemittedClaim,
    RemittedLine,
)
from chalicelib.billing.settled_lines import settled_lines

CHARGES = [ChargeBalance("chg_1", 300, 100), ChargeBalance("chg_2", 100, 100)]


def paid_of(*lines: tuple[int, int], cas: Adjustment, status: str = "1") -> list[int]:
    """What is left of the payments of lines (billed, paid) after the claim's own `cas`."""
    remitted = tuple(
        RemittedLine(
            charge.charge_id,
            billed,
            paid,
            (Adjustment("CO", "45", billed - paid),) if billed != paid else (),
        )
        for charge, (billed, paid) in zip(CHARGES, lines, strict=True)
    )
    total = sum(paid for _, paid in lines) - cas.amount
    claim = RemittedClaim(status, sum(billed for billed, _ in lines), total, (cas,), remitted)
    settled = settled_lines(claim, CHARGES)
    assert all(
        line.billed == line.paid + sum(a.amount for a in line.adjustments) for line in settled
    )
    return [line.paid for line in settled]


def test_an_adjustment_comes_out_of_the_payments_in_proportion_to_them() -> None:
    assert paid_of((300, 100), (100, 100), cas=Adjustment("CO", "253", 20)) == [90, 90]


def test_a_line_that_paid_nothing_bears_nothing() -> None:
    assert paid_of((300, 0), (100, 100), cas=Adjustment("CO", "253", 20)) == [0, 80]


def test_more_than_was_paid_is_spread_by_the_charges() -> None:
    assert paid_of((300, 0), (100, 100), cas=Adjustment("CO", "253", 200)) == [-150, 50]


def test_a_bonus_and_a_line_taken_back_are_spread_by_the_charges() -> None:
    assert paid_of((300, 0), (100, 100), cas=Adjustment("CO", "144", -20)) == [15, 105]
    assert paid_of((300, -20), (100, 100), cas=Adjustment("CO", "253", 20)) == [-35, 95]


def test_oa_23_of_a_claim_with_lines_comes_out_of_their_payments() -> None:
    restated = Adjustment("OA", "23", 20)
    assert paid_of((300, 0), (100, 100), cas=restated, status="2") == [0, 80]


def test_oa_23_of_a_claim_without_lines_goes_where_earlier_payers_settled() -> None:
    charges = [
        ChargeBalance("chg_1", 300, 50, patient_due=50, patient_share=50),
        ChargeBalance("chg_2", 100, 100),
    ]
    claim = RemittedClaim("2", 400, 200, (Adjustment("OA", "23", 200),))
    assert [line.paid for line in settled_lines(claim, charges)] == [100, 100]
    more = RemittedClaim("2", 400, 160, (Adjustment("OA", "23", 240),))
    assert [line.paid for line in settled_lines(more, charges)] == [120, 40]
