"""infra/local/demo_plan.py: the demo practice's days are drawn beforehand, the same each time."""

from random import Random

from infra.local.demo_data import CLINICIANS, SEED, TYPES
from infra.local.demo_plan import (
    ABSENT,
    CANCELLED,
    SEEN,
    SELF_PAID,
    PlannedVisit,
    of_clinician,
    plan_day,
)

SELF_PAYERS = {3, 7}


def days(count: int) -> list[list[PlannedVisit]]:
    random = Random(SEED)
    return [plan_day(random, 12, SELF_PAYERS, 40) for _ in range(count)]


def test_the_same_seed_draws_the_same_days() -> None:
    assert days(20) == days(20)


def test_no_visit_clashes_with_another_of_its_clinician_or_patient() -> None:
    for day in days(50):
        assert len({visit.patient for visit in day}) == len(day) == 12
        for clinician in range(len(CLINICIANS)):
            own = of_clinician(day, clinician)
            starts = [60 * visit.starts.hour + visit.starts.minute for visit in own]
            ends = [at + TYPES[visit.type][1] for at, visit in zip(starts, own, strict=True)]
            assert len(own) == 3
            assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_self_payers_alone_pay_for_their_visits_themselves_and_owe_no_copay() -> None:
    for visit in (visit for day in days(50) for visit in day):
        assert (visit.type == SELF_PAID) is (visit.patient in SELF_PAYERS)
        assert not (visit.patient in SELF_PAYERS and visit.pays_copay)


def test_most_are_seen_and_signed_and_a_few_of_each_other_fate_are_among_four_weeks() -> None:
    visits = [visit for day in days(20) for visit in day]
    fates = [visit.fate for visit in visits]
    assert fates.count(SEEN) > 200
    assert fates.count(ABSENT) > 3 < fates.count(CANCELLED)
    assert 0 < sum(not visit.is_signed for visit in visits) < 30
