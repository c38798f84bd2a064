"""Forms of the identifiers that more than one domain reads: pure checks, no look-ups.

A `True` says that the text has the right form, not that the identifier was ever issued.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_NPI_PREFIX: Final = "80840"
_EIN_UNUSED_PREFIX: Final = r"0[0789]|1[789]|2[89]|49|69|7[089]|89|9[67]"


def is_npi(text: str) -> bool:
    """10 digits, the last a Luhn check over `80840` + NPI.

    Source: 45 CFR 162.406(a); CMS, "Requirements for NPI and NPI Check Digit".
    """
    return bool(re.fullmatch(r"[0-9]{10}", text)) and _passes_luhn(_NPI_PREFIX + text)


def is_tin(text: str, *, known_prefix: bool = False) -> bool:
    """9 digits, with or without the dash of an EIN (`12-3456789`), not all zeros.

    `known_prefix` also asks for a campus prefix that the IRS assigns; leave it off where a
    sole practitioner may bill under a social security number.
    Source: 26 CFR 301.6109-1(a)(1)(ii); IRS, "How EINs are assigned and valid EIN prefixes".
    """
    if not re.fullmatch(r"[0-9]{2}-?[0-9]{7}", text) or not text.strip("0-"):
        return False
    return not known_prefix or not re.match(_EIN_UNUSED_PREFIX, text)


def normalise_tin(text: str) -> str:
    """The 9 bare digits that X12 REF02 and N104 carry. ValueError if `text` is no TIN."""
    if not is_tin(text):
        raise ValueError("a TIN has nine digits, as in 12-3456789")
    return text.replace("-", "")


def is_taxonomy(text: str) -> bool:
    """A NUCC Health Care Provider Taxonomy code's form: `207Q00000X`.

    Two digits (level I grouping), seven digits or capitals, then `X`.
    Source: NUCC Health Care Provider Taxonomy code set, structure; X12 PRV03 where PRV02 = PXC.
    """
    return bool(re.fullmatch(r"[0-9]{2}[0-9A-Z]{7}X", text))


def is_us_zip(text: str) -> bool:
    """A 5-digit ZIP or a ZIP+4 (`02155`, `02155-1234`, `021551234`); `00000` is none.

    Source: USPS Publication 28, section 225.
    """
    return bool(re.fullmatch(r"(?!00000)[0-9]{5}(-?[0-9]{4})?", text))


def is_zip_plus_4(text: str) -> bool:
    """All nine digits, dash optional: what the billing and service address of a claim needs.

    Source: X12 005010X222A1, loops 2010AA and 2310C, N403.
    """
    return is_us_zip(text) and len(text) >= 9


def is_email(text: str) -> bool:
    """An ASCII mailbox, `dot-string@host.domain`, that outside mail services take.

    Narrower than RFC 5321 section 4.1.2: no quoted local part, no address literal, a dot in the
    domain. Lengths: local part 64, label 63, all 254 (RFC 5321 section 4.5.3.1; RFC 3696
    erratum 1690).
    """
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= 254
        and len(local) <= 64
        and bool(re.fullmatch(rf"{_ATOM}(\.{_ATOM})*", local))
        and len(labels) >= 2
        and all(re.fullmatch(_LABEL, label) for label in labels)
        and not labels[-1].isdigit()
    )


def is_member_id(text: str) -> bool:
    """A payer's member number as it may stand in NM109 of loop 2010BA.

    2–80 characters: letters, digits, and between them spaces or `. / _ # -`: a part of X12's
    basic and extended sets that leaves out every usual delimiter (`* : ^ ~ > |`).
    Source: X12 005010X222A1, data element 67 and appendix B.1.1.2.2.
    """
    return 2 <= len(text) <= 80 and bool(
        re.fullmatch(r"[A-Za-z0-9]+([ ./_#-]+[A-Za-z0-9]+)*", text)
    )


def normalise_phone(text: str, country: str) -> str:
    """`("(617) 555-0123", "US")` → `+16175550123` (ITU-T E.164).

    `country` (ISO 3166-1 alpha-2: US, CA, AU, NZ, GB) says how a number without `+` is read. A
    number with `+` of one of their codes is checked against that plan, any other one only for
    E.164's 15 digits. Premium-rate ranges are in no plan. ValueError gives the reason.
    """
    plan = _PLANS.get(country)
    if plan is None:
        raise ValueError(f"no telephone numbering plan for country {country}")
    digits, international = _dialled_digits(text)
    if not international:
        return plan.e164(_national(digits, plan))
    for known in _PLANS.values():
        if digits.startswith(known.code):
            return known.e164(digits.removeprefix(known.code).removeprefix(known.trunk))
    if not re.fullmatch(r"[1-9][0-9]{6,14}", digits):
        raise ValueError("a telephone number with + has a country code and 7 to 15 digits")
    return f"+{digits}"


@dataclass(frozen=True, slots=True)
class _Plan:
    code: str
    trunk: str
    national: str
    hint: str

    def e164(self, number: str) -> str:
        if not re.fullmatch(self.national, number):
            raise ValueError(f"not a telephone number of +{self.code}: {self.hint}")
        return f"+{self.code}{number}"


# NANPA: area code [2-9][0-8]X, exchange [2-9]XX, neither N11; 900 and 976 are premium rate.
_NANP: Final = _Plan(
    code="1",
    trunk="1",
    national=r"(?!900)(?!.11)[2-9][0-8][0-9](?!.11)(?!976)[2-9][0-9]{6}",
    hint="ten digits, area code and exchange begin with 2 to 9",
)
_PLANS: Final = {
    "US": _NANP,
    "CA": _NANP,
    # ACMA Telecommunications Numbering Plan: geographic, mobile, free-phone and local-rate.
    "AU": _Plan(
        code="61",
        trunk="0",
        national=r"[23478][0-9]{8}|1[38]00[0-9]{6}|13[0-9]{4}",
        hint="an area code and eight digits, a mobile 04…, 13…, 1300… or 1800…",
    ),
    # NZ Number Administration Deed: geographic, mobile, free-phone.
    "NZ": _Plan(
        code="64",
        trunk="0",
        national=r"[34679][2-9][0-9]{6}|2[0-9]{7,9}|(800|508)[0-9]{6,7}",
        hint="an area code and seven digits, a mobile 02…, 0508… or 0800…",
    ),
    # Ofcom National Telephone Numbering Plan: 01, 02, 03, 055, 056, 07, 08.
    "GB": _Plan(
        code="44",
        trunk="0",
        national=r"1[0-9]{8,9}|[237][0-9]{9}|5[56][0-9]{8}|8[0-9]{9}|800[0-9]{6}",
        hint="a number that begins with 01, 02, 03, 055, 056, 07 or 08",
    ),
}
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


def _dialled_digits(text: str) -> tuple[str, bool]:
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.search(r"[A-Za-z#;,]", plain):
        raise ValueError("a telephone number has no letters and no extension")
    bare = re.sub(r"[\s().\-/\u2010-\u2015\u2212]", "", plain)
    if not re.fullmatch(r"\+?[0-9]+", bare):
        raise ValueError("a telephone number is made of digits")
    return bare.removeprefix("+"), bare.startswith("+")


def _national(digits: str, plan: _Plan) -> str:
    if plan is _NANP:
        return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return digits.removeprefix(plan.trunk)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
