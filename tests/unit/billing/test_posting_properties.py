"""Postings against a plain oracle: every cent of a charge is a token with one owner."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import given, settings, strategies as st

from chalicelib.billing.posting_rules import post_claim
from chalicelib.billing.posting_values import (
    Account,
    Adjustment,
    ChargeBalance,
    Credit,
    Entry,
    EntryKind,
    OpenKind,
    Posting,
    RemittedClaim,
    RemittedLine,
    balances,
    not_taken_back,
)
from chalicelib.billing.settled_lines import settled_lines, spread

CAS = {
    "paid": None,
    "written off": ("CO", "45"),
    "sequestered": ("CO", "253"),
    "denied": ("CO", "50"),
    "payer initiated": ("PI", "204"),
    "other": ("OA", "18"),
    "copay": ("PR", "3"),
    "deductible": ("PR", "1"),
}
PATIENT = ("copay", "deductible")
OPEN = ("denied", "payer initiated", "other")


@dataclass(frozen=True)
class Truth:
    """Where the payer puts each cent of each charge: `fates[charge][cent]`."""

    fates: tuple[tuple[str, ...], ...]

    def claim(self, status: str, amounts: list[int], restated: list[int]) -> RemittedClaim:
        lines = []
        for number, fates in enumerate(self.fates):
            counts = Counter(fates)
            cas = [
                Adjustment(*code, counts[fate])
                for fate, code in CAS.items()
                if code and counts[fate]
            ]
            if restated[number]:
                cas.append(Adjustment("OA", "23", restated[number]))
            lines.append(RemittedLine(f"chg_{number}", amounts[number], counts["paid"], tuple(cas)))
        paid = sum(line.paid for line in lines)
        return RemittedClaim(status, sum(amounts), paid, (), tuple(lines))

    def cents(self, *fates: str) -> list[int]:
        return [sum(each in fates for each in charge) for charge in self.fates]


_fates = st.lists(st.sampled_from(sorted(CAS)), min_size=1, max_size=12).map(tuple)
_truths = st.lists(_fates, min_size=1, max_size=4).map(lambda fates: Truth(tuple(fates)))
_credits = st.lists(st.integers(0, 9), max_size=3).map(
    lambda sums: [Credit(f"pay_{n}", amount) for n, amount in enumerate(sums)]
)


def fresh(truth: Truth) -> list[ChargeBalance]:
    return [ChargeBalance(f"chg_{n}", len(f), len(f)) for n, f in enumerate(truth.fates)]


def amounts(truth: Truth) -> list[int]:
    return [len(fates) for fates in truth.fates]


def assert_whole(posting: Posting, entries: list[Entry]) -> None:
    """Each charge = paid + adjusted + the patient's share + pending; accounts add up to zero."""
    settled = (EntryKind.INSURANCE_PAYMENT, EntryKind.CONTRACTUAL_ADJUSTMENT)
    for charge in posting.charges:
        mine = [e for e in entries if e.charge_id == charge.charge_id]
        by_insurance = sum(e.amount for e in mine if e.kind in settled)
        assert charge.amount == by_insurance + charge.patient_share + charge.insurance_pending
        paid = sum(e.amount for e in mine if e.kind is EntryKind.PATIENT_PAYMENT)
        assert charge.patient_due == charge.patient_share - paid
    assert sum(balances(entries).values()) == 0
    assert all(isinstance(entry.amount, int) and entry.amount for entry in entries)


@given(_truths, _credits)
@settings(derandomize=True, max_examples=150, deadline=None)
def test_each_cent_of_a_first_payer_goes_where_the_payer_put_it(
    truth: Truth, credits: list[Credit]
) -> None:
    remitted = truth.claim("1", amounts(truth), [0] * len(truth.fates))
    posting = post_claim(remitted, fresh(truth), credits=credits)
    assert_whole(posting, list(posting.entries))
    sums = balances(posting.entries)
    assert sums[Account.INSURANCE_PAYMENTS] == sum(truth.cents("paid"))
    assert sums[Account.CONTRACTUAL_ADJUSTMENTS] == sum(truth.cents("written off", "sequestered"))
    assert [c.insurance_pending for c in posting.charges] == truth.cents(*OPEN)
    assert [c.patient_share for c in posting.charges] == truth.cents(*PATIENT)

    purse = [credit.payment_id for credit in credits for _ in range(credit.unapplied)]
    owed = [n for n, cents in enumerate(truth.cents(*PATIENT)) for _ in range(cents)]
    applied = Counter(
        (e.payment_id, e.charge_id)
        for e in posting.entries
        if e.kind is EntryKind.PATIENT_PAYMENT
        for _ in range(e.amount)
    )
    assert applied == Counter((p, f"chg_{n}") for p, n in zip(purse, owed, strict=False))
    assert [c.unapplied for c in posting.credits] == [
        purse[len(owed) :].count(credit.payment_id) for credit in credits
    ]
    by_kind = Counter(dict.fromkeys(OpenKind, 0))
    for item in posting.open_items:
        by_kind[item.kind] += item.amount
    denied = [
        cents
        for cents, paid in zip(truth.cents(*OPEN), truth.cents("paid"), strict=True)
        if not paid
    ]
    assert by_kind[OpenKind.DENIED] == sum(denied)
    assert by_kind[OpenKind.REDUCED] == sum(truth.cents(*OPEN)) - sum(denied)
    assert by_kind[OpenKind.UNEXPLAINED] == by_kind[OpenKind.PATIENT_OVERPAID] == 0


@given(_truths, st.booleans(), st.data())
@settings(derandomize=True, max_examples=150, deadline=None)
def test_a_second_payer_decides_only_what_the_first_left(
    truth: Truth, forwarded: bool, data: st.DataObject
) -> None:
    """The second payer puts the open and the patient's cents; OA-23 restates the others."""
    status = "19" if forwarded else "1"
    first = post_claim(truth.claim(status, amounts(truth), [0] * len(truth.fates)), fresh(truth))
    left = truth.cents(*PATIENT, *OPEN)
    choices = st.sampled_from(["paid", "written off", "copay"])
    second_truth = Truth(
        tuple(tuple(data.draw(st.lists(choices, min_size=n, max_size=n))) for n in left)
    )
    restated = [whole - rest for whole, rest in zip(amounts(truth), left, strict=True)]
    second = post_claim(
        second_truth.claim("2", amounts(truth), restated), first.charges, earlier=first.entries
    )
    entries = [*first.entries, *second.entries]
    assert_whole(second, entries)
    assert [c.insurance_pending for c in second.charges] == [0] * len(left)
    assert [c.patient_share for c in second.charges] == second_truth.cents("copay")
    assert sum(e.amount for e in entries if e.kind is EntryKind.CONTRACTUAL_ADJUSTMENT) == sum(
        truth.cents("written off", "sequestered") + second_truth.cents("written off")
    )
    assert not [i for i in second.open_items if i.kind is not OpenKind.PATIENT_OVERPAID]


@given(_truths, _truths, _credits, st.sampled_from(["1", "19"]))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_a_reversal_restores_and_the_corrected_claim_stands_as_if_alone(
    truth: Truth, other: Truth, credits: list[Credit], status: str
) -> None:
    remitted = truth.claim(status, amounts(truth), [0] * len(truth.fates))
    first = post_claim(remitted, fresh(truth), credits=credits)
    back = RemittedClaim("22", -remitted.billed, -remitted.paid)
    reversed_ = post_claim(back, first.charges, credits=first.credits, earlier=first.entries)
    assert list(reversed_.charges) == fresh(truth)
    assert list(reversed_.credits) == credits
    assert set(balances([*first.entries, *reversed_.entries]).values()) == {0}
    assert not_taken_back([*first.entries, *reversed_.entries]) == []

    moved = Truth(tuple(f[: len(t)] + t[len(f) :] for f, t in zip(other.fates, truth.fates)))  # noqa: B905
    if len(moved.fates) == len(truth.fates):
        corrected = moved.claim("1", amounts(truth), [0] * len(truth.fates))
        alone = post_claim(corrected, fresh(truth), credits=credits)
        assert alone == post_claim(corrected, reversed_.charges, credits=reversed_.credits)


@given(_truths, st.sampled_from(["CO", "PR"]))
@settings(derandomize=True, max_examples=100, deadline=None)
def test_adjustments_of_the_claim_itself_settle_what_its_lines_would(
    truth: Truth, group: str
) -> None:
    """The same sums, written at the claim instead of its lines, move the same money in all."""
    remitted = truth.claim("1", amounts(truth), [0] * len(truth.fates))
    paid = sum(truth.cents("paid"))
    reason = "45" if group == "CO" else "1"
    summed = Adjustment(group, reason, remitted.billed - paid)
    at_claim = RemittedClaim("1", remitted.billed, paid, (summed,) if summed.amount else ())
    lines = settled_lines(at_claim, fresh(truth))
    assert sum(line.paid for line in lines) == paid
    assert all(0 <= line.paid <= line.billed for line in lines)
    posting = post_claim(at_claim, fresh(truth))
    assert_whole(posting, list(posting.entries))
    assert [c.insurance_pending for c in posting.charges] == [0] * len(truth.fates)
    assert posting.open_items == ()


@given(st.integers(-500, 500), st.lists(st.integers(0, 200), min_size=1, max_size=6))
@settings(derandomize=True, max_examples=300, deadline=None)
def test_spreading_is_exact_fair_and_within_its_weights(amount: int, weights: list[int]) -> None:
    shares = spread(amount, weights)
    assert sum(shares) == amount
    total = sum(weights) or len(weights)
    used = weights if any(weights) else [1] * len(weights)
    for share, weight in zip(shares, used, strict=True):
        assert abs(share * total - amount * weight) < total
        if abs(amount) <= sum(weights):
            assert abs(share) <= weight
    assert spread(-amount, weights) == [-share for share in shares]
