"""A professional claim out of the practice's own records: no I/O, values in, value out."""

from dataclasses import dataclass

from ..billing.models import Charge, Payer as PayerRecord
from ..clinical.models import Encounter
from ..patients.demographics import PersonName as PatientName
from ..patients.models import Coverage, Patient
from ..patients.part2_notice import NOTICE
from ..platform.postal import Address
from ..practices.models import BillingIdentity, Location, Practice, Practitioner
from .professional_claim import (
    BillingProvider,
    Contact,
    Dependent,
    OrganizationName,
    Payer,
    PersonName,
    PostalAddress,
    ProfessionalClaim,
    RenderingProvider,
    ServiceFacility,
    ServiceLine,
    Sex,
    Subscriber,
)
from .scrub_findings import ScrubFinding, error

SEX_OF: dict[str, Sex] = {"female": "F", "male": "M"}
RELATIONSHIP_OF = {"spouse": "01", "child": "19", "life_partner": "53"}
OTHER_RELATIONSHIP = "G8"


@dataclass(frozen=True, slots=True)
class Parts:
    """The records that a claim is made of; None where the practice has not set one up."""

    practice: Practice
    patient: Patient
    coverage: Coverage
    encounter: Encounter
    charges: list[Charge]
    payer: PayerRecord | None
    practitioner: Practitioner | None
    location: Location | None

    def missing(self) -> list[ScrubFinding]:
        """What has to be set up before a claim can be made at all."""
        needed = (
            (
                "practice.billing",
                self.practice.billing,
                "The practice's billing identity is not set",
            ),
            ("payer", self.payer, "The coverage's payer is not among the practice's payers"),
            ("practitioner", self.practitioner, "The practitioner is gone"),
            ("location", self.location, "The location is gone"),
            ("charges", self.charges, "The encounter has no charges"),
        )
        return [error("missing", field, text) for field, there, text in needed if not there]


def assemble(number: str, parts: Parts) -> ProfessionalClaim:
    """The claim for the coverage's payer. ValueError while anything is `missing`."""
    billing, payer = parts.practice.billing, parts.payer
    practitioner, location = parts.practitioner, parts.location
    if billing is None or payer is None or practitioner is None or location is None:
        raise ValueError("the claim's parts are not complete")
    return ProfessionalClaim(
        number=number,
        billing_provider=_billing_provider(billing),
        payer=Payer(
            name=payer.name,
            identifier=payer.payer_id,
            filing_indicator=payer.filing_indicator,
            address=_address(payer.address),
        ),
        subscriber=_subscriber(parts.patient, parts.coverage),
        dependent=_dependent(parts.patient, parts.coverage),
        place_of_service=location.place_of_service,
        total_charge=sum(charge.amount for charge in parts.charges),
        diagnoses=tuple(diagnosis.code for diagnosis in parts.encounter.diagnoses),
        lines=tuple(_line(charge) for charge in parts.charges),
        rendering_provider=_rendering_provider(practitioner, billing),
        service_facility=_service_facility(location, billing),
        note=NOTICE if parts.encounter.part2_programme else "",
    )


def _billing_provider(billing: BillingIdentity) -> BillingProvider:
    address = _address(billing.address)
    if address is None:
        raise ValueError("a billing identity has an address")
    return BillingProvider(
        name=OrganizationName(billing.legal_name),
        npi=billing.npi,
        tax_id=billing.tin,
        tax_id_qualifier="EI",
        taxonomy=billing.taxonomy,
        address=address,
        contact=Contact(name=billing.contact_name, telephone=billing.contact_phone),
        pay_to=_address(billing.pay_to),
    )


def _rendering_provider(
    practitioner: Practitioner, billing: BillingIdentity
) -> RenderingProvider | None:
    if practitioner.npi in (None, billing.npi):
        return None
    return RenderingProvider(
        name=PersonName(last=practitioner.family_name, first=practitioner.given_name),
        npi=practitioner.npi or "",
        taxonomy=practitioner.taxonomy or "",
    )


def _service_facility(location: Location, billing: BillingIdentity) -> ServiceFacility | None:
    address = _address(location.address)
    if address is None or location.address == billing.address:
        return None
    return ServiceFacility(name=location.name, address=address, npi=location.npi or "")


def _subscriber(patient: Patient, coverage: Coverage) -> Subscriber:
    person = coverage.subscriber
    if coverage.relationship == "self" or person is None:
        return Subscriber(
            name=_person(patient.name),
            member_id=coverage.member_id,
            group_number=coverage.group_number or "",
            birth_date=patient.birth_date,
            sex=SEX_OF.get(patient.sex, "U"),
            address=_home(patient),
        )
    return Subscriber(
        name=_person(person.name),
        member_id=coverage.member_id,
        group_number=coverage.group_number or "",
        birth_date=person.birth_date,
        sex=SEX_OF.get(person.sex, "U"),
        address=_address(person.address),
    )


def _dependent(patient: Patient, coverage: Coverage) -> Dependent | None:
    if coverage.relationship == "self":
        return None
    return Dependent(
        name=_person(patient.name),
        relationship=RELATIONSHIP_OF.get(coverage.relationship, OTHER_RELATIONSHIP),
        birth_date=patient.birth_date,
        sex=SEX_OF.get(patient.sex, "U"),
        address=_home(patient),
    )


def _person(name: PatientName) -> PersonName:
    return PersonName(
        last=name.family, first=name.given or "", middle=name.middle or "", suffix=name.suffix or ""
    )


def _home(patient: Patient) -> PostalAddress | None:
    homes = sorted(patient.addresses, key=lambda address: address.use != "home")
    return _address(homes[0]) if homes else None


def _line(charge: Charge) -> ServiceLine:
    return ServiceLine(
        procedure=charge.code,
        charge=charge.amount,
        service_date=charge.day,
        diagnosis_pointers=tuple(charge.pointers),
        control_number=str(charge.line),
        modifiers=tuple(charge.modifiers),
        units=charge.units,
    )


def _address(address: Address | None) -> PostalAddress | None:
    if address is None:
        return None
    return PostalAddress(
        line1=address.line1,
        line2=address.line2 or "",
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        country=address.country,
    )
