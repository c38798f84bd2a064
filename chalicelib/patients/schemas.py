"""What clients send and get: patients, searches, coverages, authorisations."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StringConstraints

from ..platform.http import Answer, Body, Instant, Line, PageQuery, Short
from ..platform.http.values import fields_of
from .demographics import (
    AddressUse,
    BirthSex,
    Channel,
    EmergencyContact,
    Ethnicity,
    GenderIdentity,
    GuarantorRelationship,
    PatientAddress,
    PatientStatus,
    PersonName,
    PhoneUse,
    PreferredChannel,
    Race,
    Sex,
)
from .likeness import Likeness
from .policy import AuthorizationKind, CoverageStatus, Relationship

if TYPE_CHECKING:
    from .authorizations import Standing

CoverageId = Annotated[str, StringConstraints(pattern=r"^cov_[0-9A-Z]{26}$")]
TypeId = Annotated[str, StringConstraints(pattern=r"^typ_[0-9A-Z]{26}$")]


class NameValue(Body):
    """A person's name; whoever has only one name has it as `family`."""

    family: Short = Field(examples=["Diaz"])
    given: Short | None = Field(default=None, examples=["Rosa"])
    middle: Short | None = None
    suffix: Short | None = Field(default=None, examples=["Jr"])
    preferred: Short | None = Field(
        default=None, description="What to call them in place of the given name"
    )

    def value(self) -> PersonName:
        return PersonName(**self.model_dump())


class PatientAddressValue(Body):
    """A postal address; state and postal code are empty where nobody knows them."""

    line1: Line
    line2: Line | None = None
    city: Line
    state: str = Field(default="", pattern=r"^([A-Z]{2,3})?$", examples=["NY"])
    postal_code: str = Field(default="", pattern=r"^([A-Z0-9 -]{3,10})?$", examples=["10001-1234"])
    country: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    use: AddressUse = AddressUse.HOME

    def value(self) -> PatientAddress:
        return PatientAddress(**self.model_dump())


class PhoneValue(Body):
    """A telephone number; the answer gives it in E.164."""

    number: str = Field(max_length=40, examples=["(212) 555-0123"])
    use: PhoneUse = PhoneUse.HOME


class GuarantorValue(Body):
    """Who pays the patient's share; with `self`, name, address and phone are the patient's own."""

    relationship: GuarantorRelationship = GuarantorRelationship.SELF
    name: NameValue | None = None
    address: PatientAddressValue | None = None
    phone: str | None = Field(default=None, max_length=40)


class EmergencyContactValue(Body):
    """Whom to call."""

    name: Line
    relationship: Short = Field(examples=["sister"])
    phone: str = Field(max_length=40)

    def value(self, phone: str) -> EmergencyContact:
        return EmergencyContact(self.name, self.relationship, phone)


class ConsentsBody(Body):
    """What the patient said of each; what is left out stays as it was.

    `part2`: the signed consent to all future uses of Part 2 records for treatment, payment and
    operations (42 CFR 2.31, 2.33) is on file; false once it is revoked.
    """

    email: bool | None = None
    sms: bool | None = None
    phone: bool | None = None
    mail: bool | None = None
    part2: bool | None = None

    def answers(self) -> dict[Channel, bool]:
        return {Channel(name): said for name, said in self.model_dump(exclude_none=True).items()}


class DemographicsBody(Body):
    """All that a patient's registration can change later; what is left out is emptied."""

    name: NameValue
    birth_date: date
    sex: Sex = Field(description="FHIR administrative gender")
    birth_sex: BirthSex | None = Field(default=None, description="Sex assigned at birth")
    gender_identity: GenderIdentity | None = None
    race: list[Race] = Field(default=[], max_length=6, description="OMB race categories")
    ethnicity: Ethnicity | None = Field(default=None, description="OMB ethnicity category")
    language: str | None = Field(default=None, max_length=35, examples=["es-MX"])
    time_zone: str | None = Field(
        default=None,
        max_length=40,
        description="Where the patient lives; the location's without",
        examples=["America/Phoenix"],
    )
    preferred_channel: PreferredChannel | None = None
    addresses: list[PatientAddressValue] = Field(default=[], max_length=5)
    phones: list[PhoneValue] = Field(default=[], max_length=6)
    email: str | None = Field(default=None, max_length=254, examples=["rosa@example.com"])
    deceased: bool = False
    deceased_on: date | None = Field(default=None, description="Says `deceased` as well")
    guarantor: GuarantorValue = GuarantorValue()
    emergency_contacts: list[EmergencyContactValue] = Field(default=[], max_length=4)
    confidential_communication: bool = Field(
        default=False, description="The patient asked to be reached in another way or place only"
    )
    status: PatientStatus = PatientStatus.ACTIVE


class RegistrationBody(DemographicsBody):
    """A new patient."""

    mrn: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$",
        description="The number the patient has already; left out, one of 8 digits is assigned",
    )
    consents: ConsentsBody = ConsentsBody()
    confirm_not_duplicate: bool = Field(
        default=False, description="Register even if someone very like this patient is known"
    )


class DuplicateSearch(Body):
    """A person who may be registered already."""

    name: NameValue
    birth_date: date
    addresses: list[PatientAddressValue] = Field(default=[], max_length=5)
    phones: list[PhoneValue] = Field(default=[], max_length=6)
    email: str | None = Field(default=None, max_length=254)


class PatientSearch(Body):
    """At least one criterion; a patient meets them all."""

    name: Line | None = Field(
        default=None, description="Beginnings of any of their names, in any order: `dia ro`"
    )
    birth_date: date | None = None
    phone: str | None = Field(
        default=None, max_length=40, description="A whole number, or its last 4 or 7 digits"
    )
    mrn: str | None = Field(default=None, max_length=40)


class PatientPageQuery(PageQuery):
    """One BatchGet holds 100."""

    limit: int = Field(default=25, ge=1, le=100, description="Most patients in one page")


class ConsentView(Answer):
    """Whether a channel may be used, as somebody recorded it."""

    channel: Channel
    allowed: bool
    recorded_at: Instant
    recorded_by: str


class PatientSummary(Answer):
    """Enough to tell patients apart in a list; look at `status` and `deceased`."""

    id: str
    mrn: str
    status: PatientStatus
    full_name: str
    name: NameValue
    birth_date: date
    sex: Sex
    phones: list[PhoneValue]
    deceased: bool


class PatientView(PatientSummary):
    version: int
    birth_sex: BirthSex | None
    gender_identity: GenderIdentity | None
    race: list[Race]
    ethnicity: Ethnicity | None
    language: str | None
    time_zone: str | None
    preferred_channel: PreferredChannel | None
    addresses: list[PatientAddressValue]
    email: str | None
    deceased_on: date | None
    guarantor: GuarantorValue
    emergency_contacts: list[EmergencyContactValue]
    consents: list[ConsentView]
    confidential_communication: bool


class PatientPage(Answer):
    """A page may hold fewer than `limit`, even none, and still have a next one."""

    items: list[PatientSummary]
    next_cursor: str | None = None


class DuplicateView(Answer):
    """A known patient, and why they may be the same person; 105 is the highest score."""

    patient: PatientSummary
    score: int
    reasons: list[Likeness]


class DuplicateList(Answer):
    """Those likely to be the same person, the likeliest first."""

    items: list[DuplicateView]


class SubscriberValue(Body):
    """The person whose policy it is."""

    name: NameValue
    birth_date: date
    sex: Sex
    address: PatientAddressValue | None = None


class CoverageBody(Body):
    """An insurance policy of the patient."""

    payer_id: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["pyr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"]
    )
    payer_name: Short
    plan_name: Short | None = None
    member_id: str = Field(max_length=80, examples=["W123456789"])
    group_number: Short | None = None
    relationship: Relationship = Field(description="The patient's to the subscriber")
    subscriber: SubscriberValue | None = Field(
        default=None, description="Needed unless the patient is the subscriber"
    )
    priority: int = Field(default=1, ge=1, le=9, description="1 is billed first")
    effective_from: date
    effective_until: date | None = Field(default=None, description="The last day; open if null")
    status: CoverageStatus = CoverageStatus.ACTIVE


class CoverageView(Answer):
    id: str
    version: int
    patient_id: str
    payer_id: str
    payer_name: str
    plan_name: str | None
    member_id: str
    group_number: str | None
    relationship: Relationship
    subscriber: SubscriberValue | None
    priority: int
    effective_from: date
    effective_until: date | None
    status: CoverageStatus


class CoverageList(Answer):
    """By priority, then by the day they begin."""

    items: list[CoverageView]


class AuthorizationBody(Body):
    """What a payer allows: so many visits, of these types or of all, on these days."""

    of_kind: AuthorizationKind = AuthorizationKind.PRIOR_AUTHORIZATION
    number: Short = Field(description="As the payer gave it", examples=["PA-20417"])
    coverage_id: CoverageId
    type_ids: list[TypeId] = Field(default=[], max_length=20, description="None: all types")
    visits_allowed: int = Field(ge=1, le=999)
    effective_from: date
    effective_until: date | None = Field(default=None, description="The last day; open if null")
    note: Line | None = None
    status: CoverageStatus = CoverageStatus.ACTIVE


class AuthorizationTerms(Answer):
    """An authorisation as the payer gave it."""

    id: str
    version: int
    patient_id: str
    of_kind: AuthorizationKind
    number: str
    coverage_id: str
    type_ids: list[str]
    visits_allowed: int
    effective_from: date
    effective_until: date | None
    note: str | None
    status: CoverageStatus


class AuthorizationView(AuthorizationTerms):
    """`visits_left` counts what is booked and fulfilled; below zero, more is booked than allowed."""

    visits_left: int
    appointment_ids: list[str]

    @classmethod
    def of(cls, standing: "Standing") -> Self:
        """An authorisation with the visits that are under it."""
        terms = AuthorizationTerms.model_validate(standing.authorization)
        visits = sorted(standing.appointment_ids)
        return cls(**fields_of(terms), visits_left=standing.visits_left, appointment_ids=visits)


class AuthorizationList(Answer):
    """The latest beginning first."""

    items: list[AuthorizationView]
