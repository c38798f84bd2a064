"""One professional claim in the field's terms, complete for an 837P (X12 005010X222A1).

The values do not judge themselves: `scrubber` says what a payer would refuse, `x12_837p` writes.
Money is in cents of USD.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Sex = Literal["F", "M", "U"]
TaxIdQualifier = Literal["EI", "SY"]
Frequency = Literal["1", "7", "8"]
Assignment = Literal["A", "B", "C"]
BenefitsAssignment = Literal["Y", "N", "W"]
RelatedCause = Literal["AA", "EM", "OA"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """NM103 to NM107 of a person."""

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class OrganizationName:
    """NM103 of a party that is no person."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """N3 and N4. `state` and `postal_code` may be empty outside the US and Canada.

    `country` is ISO 3166-1 alpha-2; a ZIP is 5 or 9 digits, dash optional.
    """

    line1: str
    city: str
    state: str
    postal_code: str
    line2: str = ""
    country: str = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """PER: a name and at least one of telephone (any common writing) and e-mail."""

    name: str
    telephone: str = ""
    extension: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """Loop 1000A. `identifier` is what the receiver has assigned (the ETIN)."""

    name: PersonName | OrganizationName
    identifier: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Loop 1000B: the clearinghouse, or the payer where a practice submits directly."""

    name: str
    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingProvider:
    """Loops 2000A, 2010AA and, where `pay_to` differs from `address`, 2010AB.

    `npi` is type 2 for an organisation, type 1 for a person; `address` is a street address.
    """

    name: PersonName | OrganizationName
    npi: str
    tax_id: str
    tax_id_qualifier: TaxIdQualifier
    address: PostalAddress
    taxonomy: str = ""
    contact: Contact | None = None
    pay_to: PostalAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Loop 2010BB and SBR09 (`filing_indicator`: CI, BL, MB, MC, 12, …)."""

    name: str
    identifier: str
    filing_indicator: str
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Loops 2000B and 2010BA. Birth date, sex and address go out only if this is the patient."""

    name: PersonName
    member_id: str
    group_number: str = ""
    group_name: str = ""
    birth_date: date | None = None
    sex: Sex | None = None
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """Loops 2000C and 2010CA: the patient, where that is not the subscriber.

    `relationship` is PAT01: 01 spouse, 19 child, 20, 21, 39, 40, 53 life partner, G8 other.
    """

    name: PersonName
    relationship: str
    birth_date: date | None = None
    sex: Sex | None = None
    address: PostalAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderingProvider:
    """Loop 2310B: who saw the patient."""

    name: PersonName
    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacility:
    """Loop 2310C: where the patient was seen."""

    name: str
    address: PostalAddress
    npi: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident:
    """CLM11 and DTP*439. `state` is required for an automobile accident (AA)."""

    cause: RelatedCause
    occurred: date
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """Loop 2400. `diagnosis_pointers` are 1-based places in the claim's `diagnoses`.

    `control_number` (REF*6R) comes back on the remittance's line. `place_of_service` is given only
    where it differs from the claim's.
    """

    procedure: str
    charge: int
    service_date: date
    diagnosis_pointers: tuple[int, ...]
    control_number: str
    modifiers: tuple[str, ...] = ()
    units: int | Decimal = 1
    unit_basis: Literal["UN", "MJ"] = "UN"
    qualifier: Literal["HC"] = "HC"
    description: str = ""
    place_of_service: str = ""
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfessionalClaim:
    """Loop 2300 and all that it hangs from, for the primary payer.

    `number` is CLM01, at most 20 characters; `diagnoses` are ICD-10-CM codes, dot optional,
    principal first; `frequency` 7 replaces and 8 voids the claim that the payer knows as
    `original_reference` (REF*F8). `note` goes along as NTE*ADD, at most 80 characters.
    """

    number: str
    billing_provider: BillingProvider
    payer: Payer
    subscriber: Subscriber
    place_of_service: str
    total_charge: int
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    dependent: Dependent | None = None
    rendering_provider: RenderingProvider | None = None
    service_facility: ServiceFacility | None = None
    frequency: Frequency = "1"
    original_reference: str = ""
    provider_signature_on_file: bool = True
    assignment: Assignment = "A"
    benefits_assignment: BenefitsAssignment = "Y"
    release_of_information: Literal["Y", "I"] = "Y"
    signed_by_provider_for_patient: bool = False
    prior_authorization: str = ""
    referral_number: str = ""
    patient_paid: int | None = None
    accident: Accident | None = None
    note: str = ""

    @property
    def patient(self) -> Subscriber | Dependent:
        """The person who was seen."""
        return self.dependent or self.subscriber
