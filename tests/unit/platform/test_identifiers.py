import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.platform.identifiers import (
    is_email,
    is_member_id,
    is_npi,
    is_taxonomy,
    is_tin,
    is_us_zip,
    is_zip_plus_4,
    normalise_phone,
    normalise_tin,
)


@pytest.mark.parametrize("npi", ["1234567893", "1245319599"])
def test_a_published_npi_passes(npi: str) -> None:
    assert is_npi(npi)


@pytest.mark.parametrize(
    "text",
    ["1234567890", "123456789", "12345678931", "1234567893 ", "123456789X", "", "१२३४५६७८९३"],
)
def test_what_is_no_npi_fails(text: str) -> None:
    assert not is_npi(text)


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
@settings(derandomize=True, max_examples=100, deadline=None)
def test_just_one_check_digit_completes_nine_digits(stem: str) -> None:
    assert sum(is_npi(f"{stem}{digit}") for digit in range(10)) == 1


@given(st.text(alphabet="0123456789", min_size=9, max_size=9), st.integers(0, 9), st.integers(1, 9))
@settings(derandomize=True, max_examples=100, deadline=None)
def test_one_wrong_digit_breaks_an_npi(stem: str, place: int, shift: int) -> None:
    npi = next(f"{stem}{digit}" for digit in range(10) if is_npi(f"{stem}{digit}"))
    wrong = str((int(npi[place]) + shift) % 10)
    assert not is_npi(npi[:place] + wrong + npi[place + 1 :])


def test_a_tin_may_carry_the_dash_of_an_ein_and_loses_it_when_normalised() -> None:
    assert is_tin("12-3456789")
    assert is_tin("123456789")
    assert normalise_tin("12-3456789") == "123456789"


@pytest.mark.parametrize(
    "text", ["12-345678", "123-45-6789", "1234567890", "000000000", "12 3456789"]
)
def test_what_is_no_tin_fails(text: str) -> None:
    assert not is_tin(text)
    with pytest.raises(ValueError, match="nine digits"):
        normalise_tin(text)


def test_a_prefix_that_the_irs_does_not_assign_is_refused_only_when_asked() -> None:
    assert is_tin("07-1234567")
    assert not is_tin("07-1234567", known_prefix=True)
    assert is_tin("12-1234567", known_prefix=True)


@pytest.mark.parametrize("code", ["207Q00000X", "1041C0700X", "261QM0850X", "103TC0700X"])
def test_nucc_codes_have_the_form_of_a_taxonomy(code: str) -> None:
    assert is_taxonomy(code)


@pytest.mark.parametrize(
    "code", ["207Q00000", "207Q00000Y", "207q00000x", "AB7Q00000X", "207Q000000X"]
)
def test_other_text_is_no_taxonomy(code: str) -> None:
    assert not is_taxonomy(code)


def test_zip_codes_are_five_or_nine_digits() -> None:
    assert [is_us_zip(t) for t in ("02155", "02155-1234", "021551234")] == [True, True, True]
    assert [is_us_zip(t) for t in ("2155", "02155-", "00000", "0215-51234", "K1A 0B1")] == [
        False
    ] * 5


def test_zip_plus_4_needs_all_nine() -> None:
    assert is_zip_plus_4("02155-1234")
    assert is_zip_plus_4("021551234")
    assert not is_zip_plus_4("02155")
    assert not is_zip_plus_4("02155-123")


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("(617) 555-0123", "US", "+16175550123"),
        ("1-877-267-2323", "US", "+18772672323"),
        ("5082225200", "US", "+15082225200"),
        ("416.555.0123", "CA", "+14165550123"),
        ("+1 617 555 0123", "AU", "+16175550123"),
        ("0412 345 678", "AU", "+61412345678"),
        ("(02) 5550 1234", "AU", "+61255501234"),
        ("1300 975 707", "AU", "+611300975707"),
        ("13 14 50", "AU", "+61131450"),
        ("+61 (0)412 345 678", "US", "+61412345678"),
        ("021 123 4567", "NZ", "+64211234567"),
        ("09 320 1234", "NZ", "+6493201234"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0) 20 7946 0018", "GB", "+442079460018"),
        ("07700\u00a0900123", "GB", "+447700900123"),
        ("617\u2013555\u20130123", "US", "+16175550123"),
        ("+49 30 901820", "US", "+4930901820"),
    ],
)
def test_a_phone_number_becomes_e164(text: str, country: str, expected: str) -> None:
    assert normalise_phone(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("617 555 012", "US", "ten digits"),
        ("117 555 0123", "US", "ten digits"),
        ("617 055 0123", "US", "ten digits"),
        ("911 555 0123", "US", "ten digits"),
        ("617 911 0123", "US", "ten digits"),
        ("900 555 0123", "US", "ten digits"),
        ("1 617 555 01234", "US", "ten digits"),
        ("0912 345 678", "AU", "mobile 04"),
        ("09098 790 123", "GB", "begins with 01"),
        ("01 234", "NZ", "mobile 02"),
        ("617 555 0123 x12", "US", "no extension"),
        ("1-800-FLOWERS", "US", "no letters"),
        ("", "US", "made of digits"),
        ("++16175550123", "US", "made of digits"),
        ("+123", "US", "not a telephone number of +1"),
        ("+4930", "US", "7 to 15 digits"),
        ("+0049 30 901820", "US", "7 to 15 digits"),
        ("+491234567890123456", "US", "7 to 15 digits"),
        ("030 901820", "DE", "no telephone numbering plan"),
    ],
)
def test_a_phone_number_that_cannot_be_dialled_is_refused_with_its_reason(
    text: str, country: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason.replace("+", r"\+")):
        normalise_phone(text, country)


@pytest.mark.parametrize("country", ["US", "AU", "NZ", "GB"])
def test_normalising_twice_changes_nothing(country: str) -> None:
    written = {"US": "6175550123", "AU": "0412345678", "NZ": "0211234567", "GB": "02079460018"}
    once = normalise_phone(written[country], country)
    assert normalise_phone(once, "US") == once


@pytest.mark.parametrize(
    "address", ["a@b.co", "first.last+tag@sub.example.org", "o'neil@example.ie"]
)
def test_a_mailbox_passes(address: str) -> None:
    assert is_email(address)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a@b",
        "a b@c.org",
        ".a@c.org",
        "a..b@c.org",
        "a@-c.org",
        "a@c..org",
        "a@c.org.",
        "a@1.2.3.4",
        "a@b@c.org",
        "é@c.org",
        "a@c.org\n",
        f"{'a' * 65}@c.org",
        f"a@{'b' * 64}.org",
        f"a@{'b.' * 130}org",
    ],
)
def test_what_mail_services_would_refuse_fails(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize("member_id", ["W123456789", "1EG4-TE5-MK73", "abc 12/3", "A1"])
def test_a_member_id_of_the_x12_character_set_passes(member_id: str) -> None:
    assert is_member_id(member_id)


@pytest.mark.parametrize(
    "text", ["A", "A*1", "A:1", "A~1", "A^1", " A1", "A1 ", "Ä12", "A" * 81, ""]
)
def test_a_member_id_that_would_break_a_claim_fails(text: str) -> None:
    assert not is_member_id(text)
