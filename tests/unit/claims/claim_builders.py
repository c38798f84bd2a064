"""Professional claims for tests: sensible defaults, every part replaceable."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import Phase, given, settings, strategies as st

from chalicelib.claims.professional_claim import (
    Accident,
    BillingProvider,
    Contact,
    Dependent,
    OrganizationName,
    Payer,
    PersonName,
    PostalAddress,
    ProfessionalClaim,
    Receiver,
    RenderingProvider,
    ServiceFacility,
    ServiceLine,
    Submitter,
    Subscriber,
)
from chalicelib.claims.x12.writing import InterchangeHeader
from chalicelib.claims.x12.writing_837p import write_837p
from chalicelib.patients.part2_notice import NOTICE

TODAY = date(2026, 5, 20)
SERVICE_DAY = date(2026, 5, 11)
PROCEDURES = ("G0438", "G0439", "G2211", "J3301", "A7003", "VISIT30")


def npi(stem: int) -> str:
    """A valid NPI whose first nine digits are `stem` (100,000,000 to 299,999,999)."""
    digits = f"80840{stem}"
    doubled = [int(mark) * (2 if place % 2 == 0 else 1) for place, mark in enumerate(digits[::-1])]
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return f"{stem}{-total % 10}"


CLINIC_STREET = PostalAddress(
    line1="12 Harbor Street", line2="Suite 4", city="Medford", state="MA", postal_code="02155-1234"
)
HOME = PostalAddress(line1="7 Elm Road", city="Medford", state="MA", postal_code="02155")
CLINIC = BillingProvider(
    name=OrganizationName("Harbor Family Clinic"),
    npi=npi(123456789),
    tax_id="12-3456789",
    tax_id_qualifier="EI",
    taxonomy="261QP2300X",
    address=CLINIC_STREET,
    contact=Contact(name="Ada Biller", telephone="+16175550123"),
)
CLINICIAN = RenderingProvider(
    name=PersonName(last="Osei", first="Kofi"), npi=npi(198765432), taxonomy="207Q00000X"
)
PAYER = Payer(name="Bay State Health Plan", identifier="BSHP1", filing_indicator="CI")
ADULT = Subscriber(
    name=PersonName(last="Nguyễn", first="Thu", middle="H"),
    member_id="W123456789",
    group_number="GRP-77",
    birth_date=date(1984, 2, 29),
    sex="F",
    address=HOME,
)
CHILD = Dependent(
    name=PersonName(last="Nguyễn", first="Bảo"),
    relationship="19",
    birth_date=date(2019, 8, 1),
    sex="M",
    address=HOME,
)
SUBMITTER = Submitter(
    name=OrganizationName("Careloom"),
    identifier="CARELOOM01",
    contact=Contact(name="EDI desk", telephone="617-555-0100", email="edi@careloom.example"),
)
RECEIVER = Receiver(name="Simulated Clearinghouse", identifier="CLEARSIM")


def a_line(**changes: Any) -> ServiceLine:
    """One visit line of 125.50."""
    line = ServiceLine(
        procedure="G0439",
        charge=12550,
        service_date=SERVICE_DAY,
        diagnosis_pointers=(1,),
        control_number="L1",
    )
    return replace(line, **changes)


def a_claim(*lines: ServiceLine, **changes: Any) -> ProfessionalClaim:
    """A clean claim of the given lines (one by default), total and line numbers put right."""
    numbered = tuple(
        replace(line, control_number=f"L{place}")
        for place, line in enumerate(lines or (a_line(),), start=1)
    )
    claim = ProfessionalClaim(
        number="CLM0001",
        billing_provider=CLINIC,
        payer=PAYER,
        subscriber=ADULT,
        place_of_service="11",
        total_charge=sum(line.charge for line in numbered),
        diagnoses=("E11.9", "I10"),
        lines=numbered,
        rendering_provider=CLINICIAN,
    )
    return replace(claim, **changes)


def a_header(number: int = 1, **changes: Any) -> InterchangeHeader:
    """A test interchange from us to the clearinghouse."""
    header = InterchangeHeader(
        sender_id="CARELOOM01",
        receiver_id="CLEARSIM",
        control_number=number,
        group_control_number=number,
        created=datetime(2026, 5, 20, 9, 30, tzinfo=UTC),
        usage="T",
    )
    return replace(header, **changes)


def an_837p(*claims: ProfessionalClaim, number: int = 1) -> str:
    """The file of `claims`."""
    return write_837p(a_header(number), claims, submitter=SUBMITTER, receiver=RECEIVER)


def segments_of(text: str) -> list[list[str]]:
    """The segments of a file we wrote, each as its elements, tag first."""
    return [line.split("*") for line in text.rstrip("~").split("~")]


def tagged(text: str, *start: str) -> list[list[str]]:
    """The segments that begin with these elements, such as `("NM1", "85")`."""
    return [item for item in segments_of(text) if item[: len(start)] == list(start)]


_LETTER = st.sampled_from("aAbBcCeEnNoOsSzZéÉñÑøØłŁßễđ'- .,&/()#0123456789")
_DAYS = st.dates(date(2025, 11, 1), TODAY)


def words(most: int) -> st.SearchStrategy[str]:
    """Names and streets that X12 can carry, accents and all."""
    return st.text(_LETTER, min_size=1, max_size=most // 2).map(lambda text: f"X{text}")


def _identifiers(most: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from("ABCXYZ0189"), min_size=2, max_size=most)


_NPIS = st.integers(100_000_000, 299_999_999).map(npi)
_PEOPLE = st.builds(
    PersonName,
    last=words(60),
    first=words(35),
    middle=st.just("") | words(25),
    suffix=st.sampled_from(["", "Jr.", "III"]),
)
_ZIPS = st.integers(1001, 99950).map(lambda number: f"{number:05d}")
_ADDRESSES = st.builds(
    PostalAddress,
    line1=words(54),
    line2=st.just("") | words(54),
    city=words(30),
    state=st.sampled_from(["MA", "NY", "AZ", "PR"]),
    postal_code=_ZIPS.map(lambda five: f"{five}-0199"),
)
_CONTACTS = st.builds(
    Contact,
    name=words(60),
    telephone=st.sampled_from(["+16175550123", "(617) 555-0188"]),
    extension=st.sampled_from(["", "231"]),
)
_BILLING = st.builds(
    BillingProvider,
    name=_PEOPLE | st.builds(OrganizationName, words(60)),
    npi=_NPIS,
    tax_id=st.integers(1, 999_999_999).map(lambda number: f"{number:09d}"),
    tax_id_qualifier=st.sampled_from(["EI", "SY"]),
    address=_ADDRESSES,
    taxonomy=st.sampled_from(["", "207Q00000X"]),
    contact=st.none() | _CONTACTS,
    pay_to=st.none() | _ADDRESSES,
)
_PAYERS = st.builds(
    Payer,
    name=words(60),
    identifier=_identifiers(12),
    filing_indicator=st.sampled_from(["CI", "BL", "MB", "MC", "12", "ZZ"]),
    address=st.none() | _ADDRESSES,
)
_SUBSCRIBERS = st.builds(
    Subscriber,
    name=_PEOPLE,
    member_id=_identifiers(15),
    group_number=st.just("") | _identifiers(10),
    group_name=st.just("") | words(60),
    birth_date=st.dates(date(1920, 1, 1), date(2025, 1, 1)),
    sex=st.sampled_from(["F", "M", "U"]),
    address=_ADDRESSES,
)
_DEPENDENTS = st.builds(
    Dependent,
    name=_PEOPLE,
    relationship=st.sampled_from(["01", "19", "20", "21", "39", "40", "53", "G8"]),
    birth_date=st.dates(date(1920, 1, 1), date(2025, 1, 1)),
    sex=st.sampled_from(["F", "M", "U"]),
    address=_ADDRESSES,
)
_DIAGNOSES = st.lists(
    st.sampled_from(["E11.9", "I10", "J45.909", "U07.1", "M1A.9XX0", "Z0000", "C4A.0", "R05.1"]),
    min_size=1,
    max_size=8,
    unique=True,
)


@st.composite
def _service_lines(draw: st.DrawFn, diagnoses: int) -> ServiceLine:
    pointers = st.lists(
        st.integers(1, diagnoses), min_size=1, max_size=min(4, diagnoses), unique=True
    )
    modifiers = st.lists(st.sampled_from(["25", "59", "GT", "RT"]), max_size=4, unique=True)
    return ServiceLine(
        procedure=draw(st.sampled_from(PROCEDURES)),
        charge=draw(st.integers(1, 999_999)),
        service_date=draw(_DAYS),
        diagnosis_pointers=tuple(draw(pointers)),
        control_number="",
        modifiers=tuple(draw(modifiers)),
        units=draw(st.integers(1, 40) | st.decimals("0.5", "9.5", places=1)),
        unit_basis=draw(st.sampled_from(["UN", "MJ"])),
        description=draw(st.just("") | words(60)),
        place_of_service=draw(st.sampled_from(["", "11", "02", "12"])),
        emergency=draw(st.booleans()),
    )


@st.composite
def professional_claims(draw: st.DrawFn) -> ProfessionalClaim:
    """Any claim that a practice may rightly send; its number is not unique."""
    diagnoses = draw(_DIAGNOSES)
    lines = draw(st.lists(_service_lines(len(diagnoses)), min_size=1, max_size=4))
    frequency = draw(st.sampled_from(["1", "1", "7", "8"]))
    accidents = st.builds(
        Accident,
        cause=st.sampled_from(["AA", "EM", "OA"]),
        occurred=_DAYS,
        state=st.sampled_from(["MA", "NY"]),
    )
    return a_claim(
        *lines,
        number=draw(_identifiers(20)),
        billing_provider=draw(_BILLING),
        payer=draw(_PAYERS),
        subscriber=draw(_SUBSCRIBERS),
        dependent=draw(st.none() | _DEPENDENTS),
        place_of_service=draw(st.sampled_from(["11", "02", "22", "49"])),
        diagnoses=tuple(diagnoses),
        rendering_provider=draw(
            st.none() | st.builds(RenderingProvider, name=_PEOPLE, npi=_NPIS, taxonomy=st.just(""))
        ),
        service_facility=draw(
            st.none()
            | st.builds(
                ServiceFacility, name=words(60), address=_ADDRESSES, npi=st.just("") | _NPIS
            )
        ),
        frequency=frequency,
        original_reference=draw(_identifiers(20)) if frequency != "1" else "",
        assignment=draw(st.sampled_from(["A", "B", "C"])),
        benefits_assignment=draw(st.sampled_from(["Y", "N", "W"])),
        release_of_information=draw(st.sampled_from(["Y", "I"])),
        signed_by_provider_for_patient=draw(st.booleans()),
        prior_authorization=draw(st.just("") | _identifiers(20)),
        referral_number=draw(st.just("") | _identifiers(20)),
        patient_paid=draw(st.none() | st.integers(0, 5000)),
        accident=draw(st.none() | accidents),
        note=draw(st.sampled_from(["", NOTICE])),
    )


def numbered(claims: Sequence[ProfessionalClaim]) -> list[ProfessionalClaim]:
    """The claims with unique CLM01s."""
    return [replace(claim, number=f"N{place:06d}") for place, claim in enumerate(claims)]


def generated_claims(least: int) -> list[ProfessionalClaim]:
    """Many claims at once, each drawn on its own: together they are too large for one draw."""
    gathered: list[ProfessionalClaim] = []

    @settings(max_examples=least, derandomize=True, deadline=None, phases=[Phase.generate])
    @given(claim=professional_claims())
    def gather(claim: ProfessionalClaim) -> None:
        gathered.append(claim)

    gather()
    assert len(gathered) >= least
    return gathered
