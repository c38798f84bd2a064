"""When a recall is due, and what visits make of it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from chalicelib.messaging.sms_length import sms_length
from chalicelib.messaging.wording import SMS
from chalicelib.recalls.due_dates import Interval, Visit, Wanted, standing_of
from chalicelib.recalls.recall_texts import WORDS, RecallWriter


@pytest.mark.parametrize(
    ("count", "unit", "day", "due"),
    [
        (6, "months", date(2026, 3, 4), date(2026, 9, 4)),
        (6, "months", date(2026, 8, 31), date(2027, 2, 28)),
        (1, "months", date(2028, 1, 31), date(2028, 2, 29)),
        (12, "months", date(2028, 2, 29), date(2029, 2, 28)),
        (120, "months", date(2026, 12, 1), date(2036, 12, 1)),
        (2, "weeks", date(2026, 12, 24), date(2027, 1, 7)),
    ],
)
def test_an_interval_after_a_day(count: int, unit: str, day: date, due: date) -> None:
    assert Interval(count, unit).after(day) == due


_visits = st.lists(
    st.builds(
        lambda at, kind, state: Visit(
            f"apt_{at}_{kind}",
            kind,
            datetime(2026, 3, 1 + at, tzinfo=UTC),
            date(2026, 3, 1 + at),
            state == "booked",
            state == "fulfilled",
        ),
        st.integers(0, 9),
        st.sampled_from(["typ_a", "typ_b"]),
        st.sampled_from(["booked", "fulfilled", "cancelled"]),
    ),
    max_size=6,
    unique_by=lambda visit: visit.id,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_visits, st.randoms(use_true_random=False))
def test_the_order_in_which_visits_are_told_makes_no_difference(
    visits: list[Visit], random: object
) -> None:
    wanted = Wanted("typ_b", "typ_a", None)
    shuffled = sorted(visits, key=lambda _: random.random())  # type: ignore[attr-defined]
    found = standing_of(wanted, shuffled)
    assert found == standing_of(wanted, visits)
    done = [each for each in visits if each.type_id == "typ_a" and each.fulfilled]
    last = max((each.starts_at for each in done), default=None)
    assert (found.last.starts_at if found.last else None) == last
    after = [each for each in visits if last and each.type_id == "typ_b" and each.starts_at > last]
    coming = min((each.starts_at for each in after if each.booked), default=None)
    assert (found.coming.starts_at if found.coming else None) == coming
    assert found.visited == any(each.fulfilled for each in after)


@pytest.mark.parametrize("language", WORDS)
def test_a_text_is_one_segment_or_two_and_leaves_out_what_there_is_not(language: str) -> None:
    values = {"practice": "Elm Street Clinic", "phone": "+12125550147", "first_name": "Rosa"}
    text = RecallWriter(language, {**values, "link": ""}).written(SMS).text
    assert (sms_length(text).encoding, sms_length(text).segments) == ("gsm-7", 1)
    assert "{" not in text
    assert "Rosa" not in text
    both = RecallWriter(language, {**values, "link": "https://elm.example/book"}).written(SMS).text
    assert "https://elm.example/book" in both
    assert "STOP" in both
