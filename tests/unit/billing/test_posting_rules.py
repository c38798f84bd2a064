from dataclasses import replace

import pytest

from chalicelib.billing.posting_rules import apply_credits, post_claim
from chalicelib.billing.posting_values import (
    Account,
    Adjustment,
    ChargeBalance,
    Credit,
    Entry,
    EntryKind,
    NotPostable,
    OpenItem,
    OpenKind,
    Posting,
    RemittedClaim,
    RemittedLine,
    balances,
    not_taken_back,
)
from chalicelib.billing.settlement import ContractualReasons

PAID, WRITTEN_OFF = EntryKind.INSURANCE_PAYMENT, EntryKind.CONTRACTUAL_ADJUSTMENT
SHARE, APPLIED = EntryKind.PATIENT_RESPONSIBILITY, EntryKind.PATIENT_PAYMENT


def fresh(charge_id: str = "chg_1", amount: int = 15_000) -> ChargeBalance:
    """A charge just billed to insurance."""
    return ChargeBalance(charge_id, amount, insurance_pending=amount)


def line(billed: int, paid: int, *cas: tuple[str, str, int], charge_id: str = "chg_1"):
    return RemittedLine(charge_id, billed, paid, tuple(Adjustment(*each) for each in cas))


def claim(*lines: RemittedLine, status: str = "1", cas: tuple = (), paid: int | None = None):
    own = tuple(Adjustment(*each) for each in cas)
    total = sum(each.paid for each in lines) - sum(each.amount for each in own)
    billed = sum(each.billed for each in lines)
    return RemittedClaim(status, billed, total if paid is None else paid, own, tuple(lines))


def told(posting: Posting) -> list[tuple[EntryKind, int, str]]:
    return [(e.kind, e.amount, f"{e.group}-{e.reason}" if e.group else "") for e in posting.entries]


def opened(posting: Posting) -> list[tuple[OpenKind, int, str]]:
    return [
        (i.kind, i.amount, f"{i.group}-{i.reason}" if i.group else "") for i in posting.open_items
    ]


def test_a_paid_line_settles_its_charge_and_takes_the_copay() -> None:
    remitted = claim(line(15_000, 8_000, ("CO", "45", 5_000), ("PR", "3", 2_000)))
    posting = post_claim(remitted, [fresh()], credits=[Credit("pay_1", 2_500)])
    assert told(posting) == [
        (PAID, 8_000, ""),
        (WRITTEN_OFF, 5_000, "CO-45"),
        (SHARE, 2_000, "PR-3"),
        (APPLIED, 2_000, ""),
    ]
    assert posting.entries[-1].payment_id == "pay_1"
    assert posting.charges == (ChargeBalance("chg_1", 15_000, 0, 0, patient_share=2_000),)
    assert posting.credits == (Credit("pay_1", 500),)
    assert posting.open_items == ()


def test_an_entry_tells_what_it_does_to_payer_patient_and_credit() -> None:
    deltas = {
        kind: (entry.insurance, entry.patient, entry.credit)
        for kind in EntryKind
        for entry in [Entry(kind, "chg_1", 100)]
    }
    assert deltas == {
        PAID: (-100, 0, 0),
        WRITTEN_OFF: (-100, 0, 0),
        SHARE: (-100, 100, 0),
        APPLIED: (0, -100, -100),
        EntryKind.FEE_WAIVER: (0, -100, 0),
    }


def test_a_denial_is_neither_written_off_nor_the_patients() -> None:
    posting = post_claim(claim(line(15_000, 0, ("CO", "50", 15_000))), [fresh()])
    assert posting.entries == ()
    assert posting.charges[0].insurance_pending == 15_000
    assert opened(posting) == [(OpenKind.DENIED, 15_000, "CO-50")]


def test_the_fee_schedule_part_of_a_denied_line_is_written_off_and_the_rest_is_work() -> None:
    remitted = claim(line(15_000, 0, ("CO", "45", 5_000), ("CO", "197", 10_000)))
    posting = post_claim(remitted, [fresh()])
    assert told(posting) == [(WRITTEN_OFF, 5_000, "CO-45")]
    assert opened(posting) == [(OpenKind.DENIED, 10_000, "CO-197")]
    assert posting.charges[0].insurance_pending == 10_000


def test_a_deductible_on_an_unpaid_line_is_the_patients_and_no_denial() -> None:
    posting = post_claim(
        claim(line(15_000, 0, ("CO", "45", 5_000), ("PR", "1", 10_000))), [fresh()]
    )
    assert told(posting) == [(WRITTEN_OFF, 5_000, "CO-45"), (SHARE, 10_000, "PR-1")]
    assert posting.charges[0].patient_due == 10_000
    assert posting.open_items == ()


def test_sequestration_is_written_off() -> None:
    remitted = claim(line(10_000, 7_840, ("CO", "253", 160), ("PR", "2", 2_000)))
    assert (WRITTEN_OFF, 160, "CO-253") in told(post_claim(remitted, [fresh(amount=10_000)]))


def test_a_bonus_is_a_negative_adjustment_and_the_charge_still_settles() -> None:
    remitted = claim(line(10_000, 8_500, ("CO", "45", 2_000), ("CO", "144", -500)))
    posting = post_claim(remitted, [fresh(amount=10_000)])
    assert (WRITTEN_OFF, -500, "CO-144") in told(posting)
    assert posting.charges[0].insurance_pending == 0


def test_a_reduction_for_several_procedures_is_contractual_on_a_paid_line_only() -> None:
    paid = post_claim(claim(line(10_000, 6_000, ("CO", "59", 4_000))), [fresh(amount=10_000)])
    denied = post_claim(claim(line(10_000, 0, ("CO", "59", 10_000))), [fresh(amount=10_000)])
    assert (WRITTEN_OFF, 4_000, "CO-59") in told(paid)
    assert opened(denied) == [(OpenKind.DENIED, 10_000, "CO-59")]


@pytest.mark.parametrize("group", ["PI", "OA", "CR"])
def test_other_groups_stay_open_even_with_a_contractual_reason(group: str) -> None:
    posting = post_claim(claim(line(10_000, 6_000, (group, "45", 4_000))), [fresh(amount=10_000)])
    assert told(posting) == [(PAID, 6_000, "")]
    assert opened(posting) == [(OpenKind.REDUCED, 4_000, f"{group}-45")]


def test_a_first_payers_oa_23_is_open() -> None:
    posting = post_claim(claim(line(10_000, 6_000, ("OA", "23", 4_000))), [fresh(amount=10_000)])
    assert opened(posting) == [(OpenKind.REDUCED, 4_000, "OA-23")]


def test_a_practice_may_have_contracts_of_its_own() -> None:
    reasons = ContractualReasons(always=frozenset({"97"}), when_paid=frozenset())
    remitted = claim(line(10_000, 0, ("CO", "97", 6_000), ("CO", "45", 4_000)))
    posting = post_claim(remitted, [fresh(amount=10_000)], reasons=reasons)
    assert told(posting) == [(WRITTEN_OFF, 6_000, "CO-97")]
    assert opened(posting) == [(OpenKind.DENIED, 4_000, "CO-45")]


@pytest.mark.parametrize(("status", "next_payer"), [("19", False), ("1", True)])
def test_the_patients_share_waits_for_the_next_payer(status: str, next_payer: bool) -> None:
    remitted = claim(line(15_000, 8_000, ("CO", "45", 5_000), ("PR", "2", 2_000)), status=status)
    credits = [Credit("pay_1", 2_000)]
    posting = post_claim(remitted, [fresh()], credits=credits, next_payer=next_payer)
    assert told(posting) == [(PAID, 8_000, ""), (WRITTEN_OFF, 5_000, "CO-45")]
    assert posting.charges == (ChargeBalance("chg_1", 15_000, 2_000),)
    assert (posting.credits, posting.open_items) == (tuple(credits), ())


def test_a_second_payers_oa_23_moves_nothing() -> None:
    before = ChargeBalance("chg_1", 15_000, insurance_pending=2_000)
    remitted = claim(line(15_000, 1_500, ("OA", "23", 13_000), ("PR", "3", 500)), status="2")
    posting = post_claim(remitted, [before])
    assert told(posting) == [(PAID, 1_500, ""), (SHARE, 500, "PR-3")]
    assert posting.charges == (ChargeBalance("chg_1", 15_000, 0, 500, 500),)
    assert posting.open_items == ()


def test_a_second_payer_who_restates_the_write_off_does_not_repeat_it() -> None:
    before = ChargeBalance("chg_1", 15_000, insurance_pending=2_000)
    remitted = claim(line(15_000, 2_000, ("OA", "23", 8_000), ("CO", "45", 5_000)), status="2")
    posting = post_claim(remitted, [before])
    assert told(posting) == [(PAID, 2_000, "")]
    assert posting.charges[0].insurance_pending == 0
    assert posting.open_items == ()


def test_a_second_payer_writes_off_what_is_left() -> None:
    before = ChargeBalance("chg_1", 15_000, insurance_pending=2_000)
    remitted = claim(line(15_000, 1_500, ("OA", "23", 13_000), ("CO", "45", 500)), status="2")
    assert told(post_claim(remitted, [before])) == [(PAID, 1_500, ""), (WRITTEN_OFF, 500, "CO-45")]


def test_what_the_patient_owed_comes_back_when_a_second_payer_pays_it_after_all() -> None:
    before = ChargeBalance("chg_1", 15_000, 0, patient_due=2_000, patient_share=2_000)
    remitted = claim(
        line(15_000, 1_000, ("OA", "23", 13_000), ("CO", "45", 500), ("PR", "3", 500)), status="2"
    )
    posting = post_claim(remitted, [before])
    assert told(posting) == [
        (SHARE, -2_000, ""),
        (PAID, 1_000, ""),
        (WRITTEN_OFF, 500, "CO-45"),
        (SHARE, 500, "PR-3"),
    ]
    assert posting.charges == (ChargeBalance("chg_1", 15_000, 0, 500, 500),)


def test_a_patient_who_had_paid_it_is_reported_as_overpaid() -> None:
    before = ChargeBalance("chg_1", 15_000, 0, patient_due=0, patient_share=2_000)
    remitted = claim(line(15_000, 1_500, ("OA", "23", 13_000), ("PR", "3", 500)), status="2")
    posting = post_claim(remitted, [before])
    assert posting.charges[0].patient_due == -1_500
    assert opened(posting) == [(OpenKind.PATIENT_OVERPAID, 1_500, "")]


def test_a_second_payers_denial_leaves_the_patients_share_alone_and_is_shown() -> None:
    before = ChargeBalance("chg_1", 15_000, 0, patient_due=2_000, patient_share=2_000)
    remitted = claim(line(15_000, 0, ("OA", "23", 13_000), ("CO", "29", 2_000)), status="2")
    posting = post_claim(remitted, [before])
    assert (posting.entries, posting.charges) == ((), (before,))
    assert opened(posting) == [(OpenKind.DENIED, 0, "CO-29")]


def test_a_reversal_undoes_the_posting_and_sets_the_copay_free() -> None:
    charges, credits = [fresh()], [Credit("pay_1", 2_500)]
    first = post_claim(
        claim(line(15_000, 8_000, ("CO", "45", 5_000), ("PR", "3", 2_000))),
        charges,
        credits=credits,
    )
    taken_back = claim(
        line(-15_000, -8_000, ("CO", "45", -5_000), ("PR", "3", -2_000)), status="22"
    )
    second = post_claim(taken_back, first.charges, credits=first.credits, earlier=first.entries)
    assert second.entries == tuple(-entry for entry in reversed(first.entries))
    assert second.charges == tuple(charges)
    assert second.credits == tuple(credits)
    assert second.open_items == ()


def test_a_second_reversal_undoes_only_what_was_posted_since_the_first() -> None:
    paid = claim(line(15_000, 8_000, ("CO", "45", 7_000)))
    corrected = claim(line(15_000, 9_000, ("CO", "45", 6_000)))
    ledger: list[Entry] = []
    charges: tuple[ChargeBalance, ...] = (fresh(),)
    for remitted in (paid, claim(status="22", paid=-8_000), corrected):
        posting = post_claim(remitted, charges, earlier=ledger)
        ledger += posting.entries
        charges = posting.charges
    again = post_claim(claim(status="22", paid=-9_000), charges, earlier=ledger)
    assert told(again) == [(WRITTEN_OFF, -6_000, "CO-45"), (PAID, -9_000, "")]
    assert again.charges == (fresh(),)
    assert not_taken_back([*ledger, *again.entries]) == []


def test_a_reversal_after_the_patient_paid_reports_the_money_that_is_owed_back() -> None:
    first = post_claim(claim(line(15_000, 13_000, ("PR", "1", 2_000))), [fresh()])
    since = (replace(first.charges[0], patient_due=0),)
    posting = post_claim(claim(status="22", paid=-13_000), since, earlier=first.entries)
    assert posting.charges[0].insurance_pending == 15_000
    assert opened(posting) == [(OpenKind.PATIENT_OVERPAID, 2_000, "")]


def test_a_reversal_of_a_denial_that_moved_nothing_moves_nothing() -> None:
    posting = post_claim(claim(status="22", paid=0), [fresh()])
    assert (posting.entries, posting.charges) == ((), (fresh(),))


@pytest.mark.parametrize("amount", [-7_999, 0])
def test_a_reversal_of_another_amount_is_refused(amount: int) -> None:
    posted = [Entry(PAID, "chg_1", 8_000)]
    with pytest.raises(NotPostable, match="8000 is posted"):
        post_claim(claim(status="22", paid=amount), [fresh()], earlier=posted)


def test_a_predetermination_posts_nothing() -> None:
    remitted = claim(line(15_000, 0, ("OA", "101", 15_000)), status="25")
    posting = post_claim(remitted, [fresh()], credits=[Credit("pay_1", 100)])
    assert (posting.entries, posting.charges) == ((), (fresh(),))
    assert posting.open_items == ()


def test_several_charges_and_credits_are_settled_oldest_first() -> None:
    charges = [fresh("chg_1", 5_000), fresh("chg_2", 5_000)]
    remitted = claim(
        line(5_000, 3_000, ("PR", "3", 2_000)),
        line(5_000, 4_000, ("PR", "3", 1_000), charge_id="chg_2"),
    )
    credits = [Credit("pay_1", 500), Credit("pay_2", 2_000), Credit("pay_3", 1_000)]
    posting = post_claim(remitted, charges, credits=credits)
    applied = [e for e in posting.entries if e.kind is APPLIED]
    assert [(e.payment_id, e.charge_id, e.amount) for e in applied] == [
        ("pay_1", "chg_1", 500),
        ("pay_2", "chg_1", 1_500),
        ("pay_2", "chg_2", 500),
        ("pay_3", "chg_2", 500),
    ]
    assert posting.credits == (Credit("pay_1", 0), Credit("pay_2", 0), Credit("pay_3", 500))


def test_credit_also_pays_what_was_due_before() -> None:
    before = ChargeBalance("chg_1", 15_000, 15_000 - 3_000, patient_due=3_000, patient_share=3_000)
    assert [e.amount for e in apply_credits([before], [Credit("pay_1", 9_000)])] == [3_000]


@pytest.mark.parametrize(
    ("remitted", "entries", "items"),
    [
        (
            line(15_000, 100, ("OA", "23", 13_000), ("CO", "29", 1_900)),
            [(PAID, 100, "")],
            [(OpenKind.REDUCED, 1_900, "CO-29")],
        ),
        (
            line(15_000, 3_000, ("OA", "23", 11_500), ("CO", "29", 500)),
            [(PAID, 3_000, "")],
            [(OpenKind.REDUCED, 0, "CO-29"), (OpenKind.UNEXPLAINED, -1_000, "")],
        ),
        (
            line(15_000, 3_000, ("OA", "23", 11_500), ("CO", "45", 500)),
            [(PAID, 3_000, "")],
            [(OpenKind.UNEXPLAINED, -1_000, "")],
        ),
        (
            line(15_000, 0, ("OA", "23", 13_000), ("CO", "23", 2_000)),
            [],
            [(OpenKind.DENIED, 2_000, "CO-23")],
        ),
    ],
)
def test_a_second_payer_settles_no_more_than_is_there(
    remitted: RemittedLine, entries: list, items: list
) -> None:
    before = ChargeBalance("chg_1", 15_000, insurance_pending=2_000)
    posting = post_claim(claim(remitted, status="2"), [before])
    assert told(posting) == entries
    assert opened(posting) == items


def test_an_adjustment_of_zero_makes_no_entry() -> None:
    remitted = claim(line(15_000, 15_000, ("CO", "45", 0), ("PR", "1", 0)))
    assert told(post_claim(remitted, [fresh()])) == [(PAID, 15_000, "")]


def test_credit_does_not_flow_out_of_a_charge_that_is_overpaid() -> None:
    charges = [ChargeBalance("chg_1", 100, 0, -500), ChargeBalance("chg_2", 900, 0, 300, 300)]
    applied = apply_credits(charges, [Credit("pay_1", 200), Credit("pay_2", -50)])
    assert [(e.charge_id, e.amount) for e in applied] == [("chg_2", 200)]


@pytest.mark.parametrize("status", ["2", "3", "20", "21"])
def test_every_later_payer_may_restate(status: str) -> None:
    before = ChargeBalance("chg_1", 15_000, insurance_pending=2_000)
    remitted = claim(line(15_000, 2_000, ("OA", "23", 13_000)), status=status)
    posting = post_claim(remitted, [before])
    assert told(posting) == [(PAID, 2_000, "")]
    assert posting.open_items == ()


@pytest.mark.parametrize("status", ["20", "21"])
def test_a_later_payer_who_forwards_leaves_the_share_pending(status: str) -> None:
    before = ChargeBalance("chg_1", 15_000, 0, patient_due=2_000, patient_share=2_000)
    remitted = claim(line(15_000, 1_500, ("OA", "23", 13_000), ("PR", "2", 500)), status=status)
    posting = post_claim(remitted, [before])
    assert told(posting) == [(SHARE, -2_000, ""), (PAID, 1_500, "")]
    assert posting.charges == (ChargeBalance("chg_1", 15_000, 500),)
    assert posting.open_items == ()


def test_a_line_that_the_payer_split_settles_one_charge() -> None:
    remitted = claim(line(10_000, 6_000, ("CO", "45", 4_000)), line(5_000, 0, ("CO", "50", 5_000)))
    posting = post_claim(remitted, [fresh()])
    assert posting.charges[0].insurance_pending == 5_000
    assert opened(posting) == [(OpenKind.DENIED, 5_000, "CO-50")]


def test_a_charge_that_the_payer_left_out_stays_pending_unexplained() -> None:
    charges = [fresh("chg_1", 5_000), fresh("chg_2", 7_000)]
    posting = post_claim(claim(line(5_000, 5_000)), charges)
    assert posting.open_items == (OpenItem(OpenKind.UNEXPLAINED, "chg_2", 7_000),)


def test_a_payment_beyond_what_was_pending_is_reported() -> None:
    posting = post_claim(claim(line(15_000, 15_000)), [replace(fresh(), insurance_pending=0)])
    assert posting.charges[0].insurance_pending == -15_000
    assert opened(posting) == [(OpenKind.UNEXPLAINED, -15_000, "")]


def test_the_claims_own_adjustment_comes_out_of_its_lines_payments() -> None:
    """The two claims of the managed-care 835 among the shared samples."""
    first = claim(line(80_000, 50_000, ("PR", "1", 30_000)), cas=(("CO", "A2", 5_000),))
    assert first.paid == 45_000
    assert told(post_claim(first, [fresh(amount=80_000)])) == [
        (PAID, 45_000, ""),
        (WRITTEN_OFF, 5_000, "CO-A2"),
        (SHARE, 30_000, "PR-1"),
    ]
    second = claim(
        line(120_000, 55_000, ("PR", "1", 60_000), ("CO", "45", 5_000)),
        cas=(("CO", "A2", 5_500),),
        status="1",
    )
    assert second.paid == 49_500
    assert post_claim(second, [fresh(amount=120_000)]).charges[0].insurance_pending == 0


def test_a_claim_without_lines_is_spread_over_its_charges() -> None:
    """The secondary claim without lines of the shared samples, here of two charges."""
    charges = [
        ChargeBalance("chg_1", 1_000_000, 60_000),
        ChargeBalance("chg_2", 32_364, 31_200),
    ]
    remitted = RemittedClaim("2", 1_032_364, 91_200, (Adjustment("OA", "23", 941_164),))
    posting = post_claim(remitted, charges)
    assert [(e.kind, e.charge_id, e.amount) for e in posting.entries] == [
        (PAID, "chg_1", 60_000),
        (PAID, "chg_2", 31_200),
    ]
    first = RemittedClaim("1", 1_032_364, 516_182, (Adjustment("CO", "45", 516_182),))
    posting = post_claim(first, [fresh("chg_1", 1_000_000), fresh("chg_2", 32_364)])
    assert [(e.kind, e.charge_id, e.amount) for e in posting.entries] == [
        (PAID, "chg_1", 500_000),
        (WRITTEN_OFF, "chg_1", 500_000),
        (PAID, "chg_2", 16_182),
        (WRITTEN_OFF, "chg_2", 16_182),
    ]


@pytest.mark.parametrize(
    ("remitted", "reason"),
    [
        (claim(line(15_000, 8_000, ("CO", "45", 6_999))), "out of balance"),
        (claim(line(15_000, 15_000, charge_id="chg_9")), "no charge 'chg_9'"),
        (claim(line(15_000, 15_000), paid=14_000), "not those of its lines"),
        (replace(claim(line(15_000, 15_000)), billed=16_000), "not those of its lines"),
        (claim(line(15_000, 15_000), cas=(("CO", "45", 1_000),), paid=15_000), "not those"),
    ],
)
def test_what_does_not_add_up_is_refused_whole(remitted: RemittedClaim, reason: str) -> None:
    with pytest.raises(NotPostable, match=reason):
        post_claim(remitted, [fresh()])


def test_a_claim_without_charges_is_refused() -> None:
    with pytest.raises(NotPostable, match="no charges"):
        post_claim(RemittedClaim("1", 100, 100), [])


def test_the_accounts_of_a_posting_add_up_to_zero() -> None:
    remitted = claim(line(15_000, 8_000, ("CO", "45", 5_000), ("PR", "3", 2_000)))
    sums = balances(post_claim(remitted, [fresh()], credits=[Credit("pay_1", 1_500)]).entries)
    assert sums == {
        Account.INSURANCE_RECEIVABLE: -15_000,
        Account.PATIENT_RECEIVABLE: 500,
        Account.UNAPPLIED_CREDIT: 1_500,
        Account.INSURANCE_PAYMENTS: 8_000,
        Account.CONTRACTUAL_ADJUSTMENTS: 5_000,
        Account.WAIVED_FEES: 0,
    }
    assert sum(sums.values()) == 0
