"""Who a patient is: values, and the codes that US Core's required bindings allow."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..platform.postal import Address


class Sex(StrEnum):
    """FHIR R4 administrative-gender (required)."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class BirthSex(StrEnum):
    """Sex assigned at birth: US Core birthsex (required)."""

    FEMALE = "F"
    MALE = "M"
    OTHER = "OTH"
    ASKED_BUT_UNKNOWN = "ASKU"
    UNKNOWN = "UNK"


class GenderIdentity(StrEnum):
    """FHIR R4 gender-identity (extensible)."""

    FEMALE = "female"
    MALE = "male"
    NON_BINARY = "non-binary"
    TRANSGENDER_FEMALE = "transgender-female"
    TRANSGENDER_MALE = "transgender-male"
    OTHER = "other"
    NOT_DISCLOSED = "non-disclose"


class Race(StrEnum):
    """US Core OMB race categories (required): CDC race and ethnicity codes, and two null flavors."""

    AMERICAN_INDIAN_OR_ALASKA_NATIVE = "1002-5"
    ASIAN = "2028-9"
    BLACK_OR_AFRICAN_AMERICAN = "2054-5"
    NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER = "2076-8"
    WHITE = "2106-3"
    OTHER = "2131-1"
    ASKED_BUT_UNKNOWN = "ASKU"
    UNKNOWN = "UNK"


class Ethnicity(StrEnum):
    """US Core OMB ethnicity categories (required)."""

    HISPANIC_OR_LATINO = "2135-2"
    NOT_HISPANIC_OR_LATINO = "2186-5"
    ASKED_BUT_UNKNOWN = "ASKU"
    UNKNOWN = "UNK"


class AddressUse(StrEnum):
    """FHIR R4 address-use (required)."""

    HOME = "home"
    WORK = "work"
    TEMPORARY = "temp"
    OLD = "old"
    BILLING = "billing"


class PhoneUse(StrEnum):
    """FHIR R4 contact-point-use (required)."""

    HOME = "home"
    WORK = "work"
    TEMPORARY = "temp"
    OLD = "old"
    MOBILE = "mobile"


class Channel(StrEnum):
    """What a patient consents to, one by one: ways to reach them, and uses of Part 2 records."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    MAIL = "mail"
    PART2 = "part2"


class PreferredChannel(StrEnum):
    """By which of the ways that send by themselves a patient would rather be reached."""

    EMAIL = "email"
    SMS = "sms"


class GuarantorRelationship(StrEnum):
    """Who pays the patient's share, seen from the patient."""

    SELF = "self"
    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    GUARDIAN = "guardian"
    OTHER = "other"


class PatientStatus(StrEnum):
    """An inactive patient is found and shown, and flagged."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name by its parts; whoever has only one name has it as `family`."""

    family: str
    given: str | None = None
    middle: str | None = None
    suffix: str | None = None
    preferred: str | None = None

    @property
    def display(self) -> str:
        """`Rosa Diaz Jr`: the preferred name, where there is one, stands in for the given name."""
        parts = (self.preferred or self.given, self.family, self.suffix)
        return " ".join(part for part in parts if part)

    @property
    def parts(self) -> tuple[str, ...]:
        """Every part there is."""
        every = (self.family, self.given, self.middle, self.suffix, self.preferred)
        return tuple(part for part in every if part)


@dataclass(frozen=True, slots=True)
class PatientAddress(Address):
    """An address of a patient; `state` and `postal_code` are empty where nobody knows them."""

    use: str = AddressUse.HOME


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number in E.164."""

    number: str
    use: str = PhoneUse.HOME


@dataclass(frozen=True, slots=True)
class Guarantor:
    """Who pays the patient's share. With `self` the rest is the patient's own."""

    relationship: str
    name: PersonName | None = None
    address: PatientAddress | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """Whom to call."""

    name: str
    relationship: str
    phone: str


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a channel may be used, as somebody recorded it; `part2` is no channel (42 CFR 2.31)."""

    channel: str
    allowed: bool
    recorded_at: datetime
    recorded_by: str


def language_tag(text: str) -> str:
    """`"ES-mx"` → `es-MX`: a language tag in its usual case. ValueError if it is not well-formed.

    Language, script, region and variants. Source: BCP 47 (RFC 5646 sections 2.1 and 2.1.1).
    """
    if not re.fullmatch(_LANGUAGE, text, re.IGNORECASE):
        raise ValueError("a language tag looks like en, es-MX or zh-Hant")
    language, *rest = text.lower().split("-")
    return "-".join((language, *map(_cased, rest)))


_LANGUAGE = (
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?"
    r"(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
)


def _cased(subtag: str) -> str:
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag
