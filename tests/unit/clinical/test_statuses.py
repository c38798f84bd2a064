"""The standing of a problem: FHIR's invariants and the order of dates."""

from datetime import date, timedelta
from itertools import product

from hypothesis import given, settings, strategies as st

from chalicelib.clinical.statuses import OVER, ClinicalStatus, Verification, wrong_standing

TODAY = date(2026, 3, 2)
DAYS = st.none() | st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3))


def _wrong(
    clinical: str | None,
    verification: str = "confirmed",
    *,
    onset: date | None = None,
    abatement: date | None = None,
) -> set[tuple[str, str]]:
    found = wrong_standing(clinical, verification, onset=onset, abatement=abatement, today=TODAY)
    return {(error.field, error.code) for error in found}


def test_every_standing_is_possible_but_those_in_error_have_none() -> None:
    for clinical, verification in product([None, *ClinicalStatus], Verification):
        in_error = verification == Verification.ENTERED_IN_ERROR
        possible = (clinical is None) == in_error
        assert (_wrong(clinical, verification) == set()) == possible


def test_what_has_abated_is_over() -> None:
    for clinical in ClinicalStatus:
        over = _wrong(clinical, abatement=TODAY) == set()
        assert over == (clinical in OVER)


def test_what_was_entered_in_error_may_have_abated() -> None:
    assert _wrong(None, "entered_in_error", onset=TODAY, abatement=TODAY) == set()


@given(onset=DAYS, abatement=DAYS)
@settings(max_examples=100, derandomize=True)
def test_days_come_in_order_and_none_is_still_to_come(
    onset: date | None, abatement: date | None
) -> None:
    wrong = _wrong("resolved", onset=onset, abatement=abatement)
    assert (("onset", "in_future") in wrong) == (onset is not None and onset > TODAY)
    assert (("abatement", "in_future") in wrong) == (abatement is not None and abatement > TODAY)
    backwards = onset is not None and abatement is not None and abatement < onset
    assert (("abatement", "before_onset") in wrong) == backwards
