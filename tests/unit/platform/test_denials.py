"""One entry a caller and minute, and none of the others is forgotten."""

from datetime import UTC, datetime, timedelta
from random import Random

from chalicelib.platform.denials import Denials, minute_of

START = datetime(2026, 3, 2, 14, 0, 30, tzinfo=UTC)


def test_the_first_of_a_minute_is_written_and_the_next_one_says_how_many_were_not() -> None:
    denials = Denials()
    counted = [denials.count("a", START) for _ in range(4)]
    assert counted == [1, 0, 0, 0]
    assert denials.count("b", START) == 1
    assert denials.count("a", START + timedelta(seconds=29)) == 0
    assert denials.count("a", START + timedelta(seconds=30)) == 5
    assert denials.count("a", START + timedelta(minutes=2)) == 1


def test_every_refusal_is_in_one_entry_and_no_minute_has_two() -> None:
    random, denials, now = Random(18), Denials(), START
    asked = dict.fromkeys("abc", 0)
    written: list[tuple[str, datetime, int]] = []
    for _ in range(2_000):
        now += timedelta(seconds=random.randint(0, 9))
        caller = random.choice("abc")
        asked[caller] += 1
        if times := denials.count(caller, now):
            written.append((caller, minute_of(now), times))
    assert len({(caller, minute) for caller, minute, _ in written}) == len(written)
    end = now + timedelta(minutes=1)
    for caller, number in asked.items():
        last = denials.count(caller, end)
        assert sum(times for each, _, times in written if each == caller) + last == number + 1


def test_no_more_callers_are_remembered_than_there_is_room_for() -> None:
    denials = Denials(most=3)
    for caller in "abcd":
        assert denials.count(caller, START) == 1
    assert len(denials) == 3
    assert denials.count("d", START) == 0
    assert denials.count("a", START) == 1
