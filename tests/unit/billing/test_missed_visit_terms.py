"""The payers' rules on missed-visit fees, over every set of coverages and exemptions."""

from itertools import chain, combinations, product

import pytest

from chalicelib.billing.missed_visits.payer_kinds import PayerKind, kind_of
from chalicelib.billing.missed_visits.terms import Miss, MissKind, Terms, TypeFees, Verdict, judge
from chalicelib.claims.schemas import FilingIndicator

SETS = [
    frozenset(kinds)
    for kinds in chain.from_iterable(combinations(PayerKind, size) for size in (1, 2, 3))
]
NO_SHOW = Miss(MissKind.NO_SHOW, "typ_1")
MEDICARES = {PayerKind.MEDICARE, PayerKind.MEDICARE_ADVANTAGE}


def terms(*exempt: PayerKind, **over: object) -> Terms:
    return Terms(late_cancel=25, no_show=50, exempt_payers=exempt, **over)  # type: ignore[arg-type]


def test_whatever_else_covers_a_patient_of_medicaid_they_are_never_charged() -> None:
    for payers, exempt in product(SETS, SETS):
        verdict = judge(terms(*exempt), NO_SHOW, payers | {PayerKind.MEDICAID}, forgiven_before=0)
        assert verdict is Verdict.EXEMPT_PAYER


def test_medicares_are_charged_only_where_all_payers_are_alike() -> None:
    charged = 0
    for payers, exempt in product(SETS, SETS):
        verdict = judge(terms(*exempt), NO_SHOW, payers, forgiven_before=0)
        if verdict is Verdict.CHARGED and payers & MEDICARES:
            assert exempt == {PayerKind.MEDICAID}
            charged += 1
    assert charged > 0


def test_nobody_is_charged_whose_plan_is_not_known_or_exempt() -> None:
    for payers, exempt in product(SETS, SETS):
        if judge(terms(*exempt), NO_SHOW, payers, forgiven_before=0) is Verdict.CHARGED:
            assert PayerKind.UNKNOWN not in payers
            assert not payers & exempt


def test_only_the_wanted_kinds_are_read_off_a_filing_indicator() -> None:
    kinds = {each: kind_of(each) for each in FilingIndicator.__args__}  # type: ignore[attr-defined]
    assert kinds["MC"] is PayerKind.MEDICAID
    assert {each for each, kind in kinds.items() if kind in MEDICARES} == {"16", "MA", "MB"}
    unknown = {each for each, kind in kinds.items() if kind is PayerKind.UNKNOWN}
    assert unknown == {"11", "AM", "DS", "HM", "LM", "OF", "TV", "VA", "WC", "ZZ"}
    assert kind_of(None) is PayerKind.UNKNOWN


@pytest.mark.parametrize(("before", "verdict"), [(1, Verdict.FORGIVEN), (2, Verdict.CHARGED)])
def test_as_many_are_forgiven_as_the_terms_say(before: int, verdict: Verdict) -> None:
    payers = frozenset({PayerKind.SELF_PAY})
    assert judge(terms(forgiven=2), NO_SHOW, payers, forgiven_before=before) is verdict


def test_a_type_costs_its_own_and_nothing_is_no_fee() -> None:
    own = terms(types=(TypeFees("typ_1", late_cancel=7, no_show=0),))
    assert own.fee_of(MissKind.LATE_CANCEL, "typ_1") == 7
    assert own.fee_of(MissKind.LATE_CANCEL, "typ_2") == 25
    payers = frozenset({PayerKind.SELF_PAY})
    assert judge(own, NO_SHOW, payers, forgiven_before=0) is Verdict.NO_FEE


def test_a_reason_may_be_exempt() -> None:
    miss = Miss(MissKind.LATE_CANCEL, "typ_1", "pat-lt")
    payers = frozenset({PayerKind.SELF_PAY})
    exempt = terms(exempt_reasons=("pat-lt",))
    assert judge(exempt, miss, payers, forgiven_before=0) is Verdict.EXEMPT_REASON
    assert judge(terms(), miss, payers, forgiven_before=0) is Verdict.CHARGED
