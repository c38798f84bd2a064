"""The 837P writer against the examples that X12 publishes, segment by segment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from chalicelib.claims.professional_claim import (
    BillingProvider,
    Contact,
    Dependent,
    OrganizationName,
    Payer,
    PersonName,
    PostalAddress,
    ProfessionalClaim,
    Receiver,
    ServiceFacility,
    ServiceLine,
    Submitter,
    Subscriber,
)
from chalicelib.claims.x12.writing_837p import write_837p
from tests.unit.claims.claim_builders import (
    a_header,
    segments_of,
)


def test_the_published_example_of_a_child_of_the_subscriber_comes_out_the_same(
    samples: Path,
) -> None:
    published = _published(samples, "example1")
    claim = _published_claim(published)

    ours = segments_of(_published_file(claim))

    assert _comparable(ours) == _comparable(published)


def test_the_published_example_of_the_subscriber_as_patient_comes_out_the_same(
    samples: Path,
) -> None:
    published = _published(samples, "example2")
    facility = ServiceFacility(
        name="Kildare Associates",
        npi="5812345679",
        address=PostalAddress(
            line1="2345 Ocean Blvd", city="Miami", state="FL", postal_code="33111"
        ),
    )
    base = _published_claim(published)
    claim = replace(
        base,
        number="26462967",
        billing_provider=replace(
            base.billing_provider,
            npi="9876543210",
            address=replace(base.billing_provider.address, postal_code="33111"),
        ),
        payer=Payer(
            name="Alliance Health and Life Insurance", identifier="741234", filing_indicator="HM"
        ),
        subscriber=Subscriber(
            name=PersonName(last="Smith", first="Ted"),
            member_id="00221111",
            group_number="12312-A",
            birth_date=date(1943, 5, 1),
            sex="M",
            address=_TEDS_HOME,
        ),
        dependent=None,
        service_facility=facility,
    )

    ours = segments_of(_published_file(claim, receiver="AHLIC"))

    assert _comparable(ours) == _comparable(published)


_TEDS_HOME = PostalAddress(line1="236 N Main St", city="Miami", state="FL", postal_code="33413")


def _published(samples: Path, name: str) -> list[list[str]]:
    text = (samples / "x12" / "837p" / f"lfh_demo.{name}.837").read_text()
    return [line.strip().split("*") for line in text.split("~") if line.strip()]


def _published_claim(published: list[list[str]]) -> ProfessionalClaim:
    """Example 1 by hand; its procedure and diagnosis codes are taken from the file."""
    lines = [item for item in published if item[0] == "SV1"]
    dates = [item for item in published if item[:2] == ["DTP", "472"]]
    diagnoses = next(item for item in published if item[0] == "HI")[1:]
    clinic = PostalAddress(
        line1="234 Seaway St", city="Miami", state="FL", postal_code="33111-0000"
    )
    return ProfessionalClaim(
        number="26463774",
        billing_provider=BillingProvider(
            name=OrganizationName("Ben Kildare Service"),
            npi="1912301953",
            tax_id="58-7654321",
            tax_id_qualifier="EI",
            taxonomy="203BF0100Y",
            address=clinic,
            pay_to=replace(clinic, line1="2345 Ocean Blvd", postal_code="33111"),
        ),
        payer=Payer(name="Key Insurance Company", identifier="999996666", filing_indicator="CI"),
        subscriber=Subscriber(
            name=PersonName(last="Smith", first="Jane"),
            member_id="JS00111223333",
            group_number="2222-SJ",
        ),
        dependent=Dependent(
            name=PersonName(last="Smith", first="Ted"),
            relationship="19",
            birth_date=date(1973, 5, 1),
            sex="M",
            address=_TEDS_HOME,
        ),
        place_of_service="11",
        total_charge=10000,
        diagnoses=tuple(code.split(":")[1] for code in diagnoses),
        release_of_information="I",
        lines=tuple(
            ServiceLine(
                procedure=sv1[1].removeprefix("HC:"),
                charge=int(Decimal(sv1[2]) * 100),
                service_date=date.fromisoformat(dtp[3]),
                diagnosis_pointers=(int(sv1[7]),),
                control_number="",
            )
            for sv1, dtp in zip(lines, dates, strict=True)
        ),
    )


def _published_file(claim: ProfessionalClaim, receiver: str = "Key Insurance Company") -> str:
    submitter = Submitter(
        name=OrganizationName("Premier Billing Service"),
        identifier="TGJ23",
        contact=Contact(name="Jerry", telephone="(305) 555-2222", extension="231"),
    )
    return write_837p(
        a_header(),
        [claim],
        submitter=submitter,
        receiver=Receiver(name=receiver, identifier="66783JJT"),
    )


def _comparable(segments: list[list[str]]) -> list[list[str]]:
    """Loop 1000A to the last line, without what is not ours or has another writing.

    Left out: the clearinghouse's own REF*D9, an onset date (DTP*431). Made alike: `100.00` and
    `100`, the ICD-9 qualifiers of 2006.
    """
    body = segments[4 : [item[0] for item in segments].index("SE")]
    kept = [item for item in body if item[:2] not in (["REF", "D9"], ["DTP", "431"])]
    return [[_alike(element) for element in item] for item in kept]


def _alike(element: str) -> str:
    plain = element.removesuffix(".00")
    return plain.replace("ABK:", "BK:").replace("ABF:", "BF:")
