"""Which version of the agreement is to be accepted, and which still binds."""

from datetime import date, timedelta
from hashlib import sha256

import pytest

from chalicelib.practices.agreement_versions import VERSIONS, AgreementVersion, current, holds
from chalicelib.practices.agreements import text_of

FIRST, SECOND = VERSIONS[0], VERSIONS[1]
DAY = timedelta(days=1)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda each: each.version)
def test_a_text_is_the_one_whose_hash_was_published(version: AgreementVersion) -> None:
    text = text_of(version.version)
    assert sha256(text.encode()).hexdigest() == version.sha256
    assert f"Version {version.version}" in text


def test_the_last_published_is_current_and_before_all_of_them_the_first() -> None:
    assert current(date(2020, 1, 1)) == FIRST
    assert current(SECOND.published - DAY) == FIRST
    assert current(SECOND.published) == SECOND


def test_an_acceptance_holds_until_a_later_version_binds() -> None:
    assert holds(FIRST.version, SECOND.published)
    assert holds(FIRST.version, SECOND.binding_from - DAY)
    assert not holds(FIRST.version, SECOND.binding_from)
    assert holds(SECOND.version, SECOND.binding_from)


@pytest.mark.parametrize("unknown", ["", "2026", "2026-1"])
def test_no_acceptance_or_an_unknown_one_never_holds(unknown: str) -> None:
    assert not holds(unknown, FIRST.published)


def test_versions_are_in_order_and_none_binds_before_it_is_published() -> None:
    assert sorted(VERSIONS, key=lambda each: each.published) == list(VERSIONS)
    assert all(each.binding_from >= each.published for each in VERSIONS)
