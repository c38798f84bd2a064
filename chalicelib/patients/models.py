"""A patient, what they are found by, and their coverages: all but the search in their own partition."""

from datetime import date

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from ..platform.keyring import token
from ..platform.store import (
    DateAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from .demographics import (
    Consent,
    EmergencyContact,
    Guarantor,
    PatientAddress,
    PatientStatus,
    PersonName,
    Phone,
    PhoneUse,
)
from .policy import CoverageSpan, CoverageStatus, Subscriber
from .search_terms import Findable, Term, mrn_term


class Patient(Record):
    """A person whom the practice looks after (US Core Patient)."""

    KIND = "patient"

    id = IdInKey("pat")
    mrn = UnicodeAttribute()
    status = UnicodeAttribute(default=PatientStatus.ACTIVE.value)
    name = ValueAttribute(PersonName)
    birth_date = DateAttribute()
    sex = UnicodeAttribute()
    birth_sex = UnicodeAttribute(null=True)
    gender_identity = UnicodeAttribute(null=True)
    race = ValueAttribute(tuple[str, ...], default=())
    ethnicity = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    preferred_channel = UnicodeAttribute(null=True)
    addresses = ValueAttribute(tuple[PatientAddress, ...], default=())
    phones = ValueAttribute(tuple[Phone, ...], default=())
    email = UnicodeAttribute(null=True)
    deceased = BooleanAttribute(default=False)
    deceased_on = DateAttribute(null=True)
    guarantor = ValueAttribute(Guarantor)
    emergency_contacts = ValueAttribute(tuple[EmergencyContact, ...], default=())
    consents = ValueAttribute(tuple[Consent, ...], default=())
    confidential_communication = BooleanAttribute(default=False)
    search_tokens = UnicodeSetAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str) -> Key:
        """`prc_1#pat_2#` / `chart#patient#`: comes with the chart, one Query of `chart#`."""
        return Key(join(practice_id, patient_id), "chart#patient#")

    @property
    def full_name(self) -> str:
        """As people call them: the preferred name, where there is one, for the given name."""
        name: PersonName = self.name
        return name.display

    @property
    def mobile_number(self) -> str | None:
        """E.164; the first telephone whose use is `mobile`."""
        mobiles = (phone.number for phone in self.phones if phone.use == PhoneUse.MOBILE)
        return next(mobiles, None)

    @property
    def findable(self) -> Findable:
        """What searches compare."""
        phones = tuple(phone.number for phone in self.phones)
        return Findable(self.name, self.birth_date, phones, self.mrn)

    def agreed_to(self, channel: str) -> bool:
        """Whether a consent for this (`email`, `sms`, `phone`, `mail`, `part2`) is recorded."""
        return any(each.channel == channel and each.allowed for each in self.consents)


class Part2Record(Record):
    """That records of a programme under 42 CFR Part 2 are among the patient's. Never removed."""

    KIND = "part2_record"

    since = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str) -> Key:
        """`prc_1#pat_2#` / `part2#`."""
        return Key(join(practice_id, patient_id), "part2#")


class SearchToken(Record):
    """One term that a patient is found by, as an HMAC under the practice: nothing can be read off it."""

    KIND = "search_token"

    patient_id = IdInKey("pat")

    @classmethod
    def partition(cls, practice_id: str, term: Term) -> str:
        """`prc_1#search#<HMAC of practice, kind and value, 32 hex>#`: who has this term, one Query."""
        return cls.key(practice_id, cls.token(practice_id, term), "pat_0").pk

    @classmethod
    def key(cls, practice_id: str, hashed: str, patient_id: str) -> Key:
        """`prc_1#search#<HMAC>#` / `pat_2#`."""
        return Key(join(practice_id, "search", hashed), join(patient_id))

    @staticmethod
    def token(practice_id: str, term: Term) -> str:
        """The HMAC of a term; the same term is another token in another practice."""
        return token("search", practice_id, *term)


class MrnClaim(Record):
    """Makes a medical record number unique in a practice; it is the number's search token as well."""

    KIND = "mrn"

    patient_id = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, mrn: str) -> Key:
        """`prc_1#search#<HMAC of the number>#` / `mrn#`."""
        return Key(SearchToken.partition(practice_id, mrn_term(mrn)), "mrn#")


class Coverage(Record):
    """A patient's insurance policy. `priority` 1 is billed first; dates are inclusive."""

    KIND = "coverage"

    id = IdInKey("cov")
    patient_id = IdInKey("pat")
    payer_id = UnicodeAttribute()
    payer_name = UnicodeAttribute()
    plan_name = UnicodeAttribute(null=True)
    member_id = UnicodeAttribute()
    group_number = UnicodeAttribute(null=True)
    relationship = UnicodeAttribute()
    subscriber = ValueAttribute(Subscriber, null=True)
    priority = IntegerAttribute()
    effective_from = DateAttribute()
    effective_until = DateAttribute(null=True)
    status = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, coverage_id: str) -> Key:
        """`prc_1#pat_2#` / `chart#coverage#cov_3#`: comes with the chart; all of a patient's in one Query."""
        return Key(join(practice_id, patient_id), join("chart", "coverage", coverage_id))

    @property
    def active(self) -> bool:
        return bool(self.status == CoverageStatus.ACTIVE)

    @property
    def span(self) -> CoverageSpan:
        """When it has its priority."""
        return CoverageSpan(self.id, self.priority, self.effective_from, self.effective_until)


class CoverageOrder(Record):
    """Which active coverage comes when: one item, so that of two changes at once one is refused."""

    KIND = "coverage_order"

    patient_id = IdInKey("pat")
    spans = ValueAttribute(tuple[CoverageSpan, ...], default=())

    @classmethod
    def key(cls, practice_id: str, patient_id: str) -> Key:
        """`prc_1#pat_2#` / `coverage-order#`: read before a coverage changes; no part of the chart."""
        return Key(join(practice_id, patient_id), "coverage-order#")


class Authorization(Record):
    """A payer's prior authorisation or referral: so many visits, of some types, in some period."""

    KIND = "authorization"

    id = IdInKey("aut")
    patient_id = IdInKey("pat")
    of_kind = UnicodeAttribute()
    number = UnicodeAttribute()
    coverage_id = UnicodeAttribute()
    type_ids = ValueAttribute(tuple[str, ...], default=())
    visits_allowed = IntegerAttribute()
    effective_from = DateAttribute()
    effective_until = DateAttribute(null=True)
    note = UnicodeAttribute(null=True)
    status = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, authorization_id: str) -> Key:
        """`prc_1#pat_2#` / `authorization#aut_3#`: all of a patient's, and their visits, in one Query."""
        return Key(join(practice_id, patient_id), join("authorization", authorization_id))

    def covers(self, type_id: str, day: date) -> bool:
        """Whether a visit of this type on this day is one that it allows."""
        span = CoverageSpan(self.id, 1, self.effective_from, self.effective_until)
        named = not self.type_ids or type_id in self.type_ids
        return bool(self.status == CoverageStatus.ACTIVE and named and span.holds_on(day))


class AuthorizedVisit(Record):
    """That an appointment, booked or fulfilled, is under an authorisation. Never changed."""

    KIND = "authorized_visit"

    id = IdInKey("apt")
    authorization_id = IdInKey("aut")
    patient_id = IdInKey("pat")

    @classmethod
    def key(
        cls, practice_id: str, patient_id: str, authorization_id: str, appointment_id: str
    ) -> Key:
        """`prc_1#pat_2#` / `authorization#aut_3#visit#apt_4#`."""
        authorization = Authorization.key(practice_id, patient_id, authorization_id)
        return Key(authorization.pk, authorization.sk + join("visit", appointment_id))
