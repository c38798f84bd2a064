"""Stays out of reports: a set, however it comes."""

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, settings, strategies as st

from chalicelib.telehealth.attendance import By, Report, Stay, What, stays_of

START = datetime(2026, 3, 2, 14, tzinfo=UTC)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def report(
    what: What, second: int, *, by: By = By.CHIME, attendee: str = "a", seat: str = "p0"
) -> Report:
    return Report(what, by, at(second), 1, seat, attendee)


def test_a_report_is_read_back_as_it_was() -> None:
    for each in (report(What.JOINED, 3), Report(What.ENDED, By.US, at(4), 2)):
        assert Report.read(each.text()) == each


def test_a_key_that_was_never_used_ends_when_the_meeting_does() -> None:
    given_key = report(What.JOINED, 0, by=By.US)
    assert stays_of([given_key]) == (Stay("p0", at(0)),)
    ended = Report(What.ENDED, By.CHIME, at(60), 1)
    assert stays_of([given_key, ended]) == (Stay("p0", at(0), at(60)),)
    other = Report(What.ENDED, By.CHIME, at(60), 2)
    assert stays_of([given_key, other]) == (Stay("p0", at(0)),)


def test_the_first_that_tells_of_leaving_or_of_the_end_counts() -> None:
    reports = [
        report(What.JOINED, 0),
        report(What.LEFT, 9, by=By.US),
        report(What.LEFT, 10),
        Report(What.ENDED, By.US, at(11), 1),
        Report(What.ENDED, By.CHIME, at(12), 1),
    ]
    assert stays_of(reports) == (Stay("p0", at(0), at(9)),)


REPORTS = st.builds(
    Report,
    st.sampled_from(What),
    st.sampled_from(By),
    st.integers(0, 40).map(at),
    st.integers(1, 2),
    st.just("p0"),
    st.sampled_from(["a", "b"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(REPORTS, max_size=14), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_and_stays_of_a_key_do_not_overlap(
    reports: list[Report], random: object
) -> None:
    stays = stays_of(reports)
    mixed = [*reports, *reports[: len(reports) // 2]]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert stays_of(mixed) == stays
    assert all(stay.left_at is None or stay.left_at >= stay.joined_at for stay in stays)
    for key in product((1, 2), "ab"):
        own = [each for each in reports if (each.meeting, each.attendee) == key]
        ended = [each for each in reports if each.what is What.ENDED]
        ends = [stay.left_at for stay in stays_of([*own, *ended]) if own]
        assert None not in ends[:-1]
