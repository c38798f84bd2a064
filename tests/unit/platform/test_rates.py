"""Token buckets: how many calls pass, and when the next one does."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from chalicelib.platform.config import Rate
from chalicelib.platform.errors import TooManyRequests
from chalicelib.platform.rates import Buckets, source_of

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def taken(buckets: Buckets, owner: str, times: int, now: datetime = NOW) -> int:
    """How many of `times` calls pass."""
    passed = 0
    for _ in range(times):
        try:
            buckets.take(owner, now)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def test_as_many_calls_pass_at_once_as_the_burst_and_then_as_many_as_time_gives() -> None:
    buckets = Buckets(Rate(2, 10))
    assert taken(buckets, "prc_1", 50) == 10
    assert taken(buckets, "prc_1", 50, NOW + timedelta(seconds=3)) == 6
    assert taken(buckets, "prc_1", 50, NOW + timedelta(hours=1)) == 10


def test_a_refusal_says_when_the_next_call_passes() -> None:
    buckets = Buckets(Rate(0.1, 1))
    buckets.take("prc_1", NOW)
    with pytest.raises(TooManyRequests) as refused:
        buckets.take("prc_1", NOW)
    assert refused.value.retry_after == 10
    assert taken(buckets, "prc_1", 1, NOW + timedelta(seconds=9)) == 0
    assert taken(buckets, "prc_1", 1, NOW + timedelta(seconds=10)) == 1


def test_one_owner_s_calls_are_not_another_s() -> None:
    buckets = Buckets(Rate(1, 20))
    assert (taken(buckets, "prc_1", 1_000), taken(buckets, "prc_2", 20)) == (20, 20)


def test_a_clock_that_goes_back_gives_and_takes_nothing() -> None:
    buckets = Buckets(Rate(1, 5))
    assert taken(buckets, "prc_1", 3) == 3
    assert taken(buckets, "prc_1", 9, NOW - timedelta(hours=1)) == 2


def test_only_so_many_owners_are_remembered_and_the_last_seen_stay() -> None:
    buckets = Buckets(Rate(1, 1), most=100)
    for number in range(100):
        buckets.take(f"prc_{number}", NOW)
    assert taken(buckets, "prc_0", 1) == 0
    buckets.take("prc_100", NOW)
    assert len(buckets) == 100
    assert taken(buckets, "prc_0", 1) == 0, "it was seen just now"
    assert taken(buckets, "prc_1", 1) == 1, "it was seen longest ago, and is forgotten"


def test_threads_share_a_bucket() -> None:
    buckets, passed = Buckets(Rate(1, 100)), []
    threads = [Thread(target=lambda: passed.append(taken(buckets, "prc_1", 40))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 100


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_source_is_an_address(address: str, source: str) -> None:
    assert source_of(address) == source


def test_a_source_is_all_of_an_ipv6_host_s_prefix() -> None:
    assert source_of("2001:db8:1:2::1") == source_of("2001:db8:1:2:ffff::9")
    assert source_of("2001:db8:1:2::1") != source_of("2001:db8:1:3::1")


@pytest.mark.parametrize("text", ["", "20", "20/", "/200", "a/b"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Rate.parsed(text)
    assert Rate.parsed("0.5/30") == Rate(0.5, 30)
