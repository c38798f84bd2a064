"""The 837P writer against the guide's own judge, and against X12's published examples."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from chalicelib.claims.professional_claim import (
    OrganizationName,
    PostalAddress,
    ProfessionalClaim,
    ServiceFacility,
)
from chalicelib.claims.scrubber import scrub
from chalicelib.claims.x12.interchange import read_interchanges
from chalicelib.claims.x12.writing import Text, UnwritableError, folded, segment
from chalicelib.claims.x12.writing_837p import CLAIMS_PER_SET, write_837p
from tests.unit.claims.claim_builders import (
    ADULT,
    CHILD,
    CLINIC,
    CLINIC_STREET,
    CLINICIAN,
    RECEIVER,
    SUBMITTER,
    TODAY,
    a_claim,
    a_header,
    a_line,
    an_837p,
    generated_claims,
    numbered,
    segments_of,
    tagged,
)
from tests.unit.claims.guide_judge import complaints


def test_the_judge_complains_of_a_file_with_a_wrong_count_or_a_missing_segment() -> None:
    sound = an_837p(a_claim())
    assert complaints(sound) == []
    assert complaints(sound.replace("SE*", "SE*9", 1))
    assert complaints(sound.replace("SBR*P*18*GRP-77******CI~", ""))
    assert complaints(sound.replace("HARBOR", "HÄRBOR"))


def test_any_clean_claims_make_a_file_without_a_complaint() -> None:
    claims = numbered(generated_claims(80))
    for claim in claims:
        assert [item for item in scrub(claim, on=TODAY) if item.severity == "error"] == []

    text = an_837p(*claims)

    assert complaints(text) == []
    assert text.isascii()
    read = read_interchanges(text)[0]
    written = [item.element(1) for item in read.sets[0].body if item.tag == "CLM"]
    assert sorted(written) == [claim.number for claim in claims]


def test_claims_are_grouped_by_provider_then_subscriber_then_patient() -> None:
    other_clinic = replace(CLINIC, npi=CLINICIAN.npi, name=OrganizationName("Hill Clinic"))
    other_adult = replace(ADULT, member_id="W987654321")
    claims = [
        a_claim(number="A1"),
        a_claim(number="B1", billing_provider=other_clinic),
        a_claim(number="A2", subscriber=other_adult),
        a_claim(number="A3", dependent=CHILD),
        a_claim(number="A4"),
        a_claim(number="A5", dependent=CHILD),
    ]

    text = an_837p(*claims)

    levels = [(item[1], item[2], item[3], item[4]) for item in tagged(text, "HL")]
    assert levels == [
        ("1", "", "20", "1"),
        ("2", "1", "22", "0"),
        ("3", "1", "22", "0"),
        ("4", "1", "22", "1"),
        ("5", "4", "23", "0"),
        ("6", "", "20", "1"),
        ("7", "6", "22", "0"),
    ]
    assert [item[1] for item in tagged(text, "CLM")] == ["A1", "A4", "A2", "A3", "A5", "B1"]
    assert complaints(text) == []


def test_a_patient_with_more_than_a_hundred_claims_gets_further_loops() -> None:
    claims = [a_claim(number=f"C{number}") for number in range(101)]
    children = [a_claim(number=f"D{number}", dependent=CHILD) for number in range(101)]

    text = an_837p(*claims, *children)

    assert [item[3] for item in tagged(text, "HL")] == ["20", "22", "22", "22", "23", "23"]
    assert complaints(text) == []


def test_more_claims_than_a_set_holds_make_a_second_set_with_its_own_batch_number() -> None:
    claim = a_claim()

    text = an_837p(*[claim] * (CLAIMS_PER_SET + 1), number=7)

    read = read_interchanges(text)[0]
    assert [item.control_number for item in read.sets] == ["0001", "0002"]
    assert [item.body[0].element(3) for item in read.sets] == ["000000007", "000000007-2"]


def test_the_rendering_provider_goes_out_only_where_another_bills() -> None:
    alone = replace(CLINIC, name=CLINICIAN.name, npi=CLINICIAN.npi, tax_id_qualifier="SY")

    assert tagged(an_837p(a_claim()), "NM1", "82")
    text = an_837p(a_claim(billing_provider=alone))
    assert not tagged(text, "NM1", "82")
    assert tagged(text, "NM1", "85") == [
        ["NM1", "85", "1", "OSEI", "KOFI", "", "", "", "XX", CLINICIAN.npi]
    ]
    assert tagged(text, "REF", "SY") == [["REF", "SY", "123456789"]]
    assert complaints(text) == []


def test_the_facility_goes_out_only_where_its_address_is_not_the_billing_one() -> None:
    here = ServiceFacility(name="Harbor Family Clinic", address=CLINIC_STREET)
    there = replace(here, address=replace(CLINIC_STREET, line1="99 Hill Street"))

    assert not tagged(an_837p(a_claim(service_facility=here)), "NM1", "77")
    text = an_837p(a_claim(service_facility=there))
    assert tagged(text, "NM1", "77") == [["NM1", "77", "2", "HARBOR FAMILY CLINIC"]]
    assert ["N3", "99 HILL STREET", "SUITE 4"] in segments_of(text)
    assert complaints(text) == []


def test_the_pay_to_address_and_the_contact_go_out_only_where_they_differ() -> None:
    lockbox = replace(CLINIC_STREET, line1="PO Box 900", line2="")
    same = replace(CLINIC, contact=SUBMITTER.contact, pay_to=CLINIC_STREET)

    plain = an_837p(a_claim(billing_provider=same))
    assert len(tagged(plain, "PER")) == 1
    assert not tagged(plain, "NM1", "87")
    text = an_837p(a_claim(billing_provider=replace(CLINIC, pay_to=lockbox)))
    assert tagged(text, "NM1", "87") == [["NM1", "87", "2"]]
    assert ["N3", "PO BOX 900"] in segments_of(text)
    assert complaints(text) == []


def test_a_replacement_carries_the_payers_control_number_of_the_original() -> None:
    text = an_837p(a_claim(frequency="7", original_reference="PCN-1"))

    assert tagged(text, "CLM")[0][5] == "11:B:7"
    assert tagged(text, "REF", "F8") == [["REF", "F8", "PCN-1"]]
    assert complaints(text) == []


def test_a_line_carries_what_sets_it_apart() -> None:
    line = a_line(
        procedure="J3301",
        modifiers=("RT", "59"),
        units=Decimal("2.50"),
        charge=100,
        place_of_service="12",
        diagnosis_pointers=(2, 1),
        emergency=True,
    )

    text = an_837p(a_claim(line))

    assert tagged(text, "SV1") == [
        ["SV1", "HC:J3301:RT:59", "1", "UN", "2.5", "12", "", "2:1", "", "Y"]
    ]


def test_names_are_folded_to_the_basic_characters_and_numbers_are_left_alone() -> None:
    assert folded(" Nguyễn  Thị\u00a0Bảo ") == "NGUYEN THI BAO"
    assert folded("Łukasz Ødegård-Strauß O’Hara") == "LUKASZ ODEGARD-STRAUSS O'HARA"
    text = an_837p(a_claim(subscriber=replace(ADULT, member_id="w12aB")))
    assert tagged(text, "NM1", "IL")[0][-1] == "w12aB"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("A*B", "ASTERISK"),
        ("A:B", "COLON"),
        ("A~B", "TILDE"),
        ("A^B", "CIRCUMFLEX"),
        ("王", "CJK"),
        ("Я", "CYRILLIC"),
        ("A\x07B", "U+0007"),
        ("\u200b", "no character"),
        ("X" * 61, "longer than 60"),
    ],
)
def test_what_x12_cannot_carry_is_refused_by_element_and_not_repeated(
    value: str, reason: str
) -> None:
    with pytest.raises(UnwritableError) as refusal:
        segment("NM1", "IL", "1", Text(value, 60))

    assert refusal.value.field == "NM103"
    assert reason in str(refusal.value)
    assert value not in str(refusal.value)


@pytest.mark.parametrize(
    "claim",
    [
        a_claim(diagnoses=()),
        a_claim(diagnoses=("I10",) * 13),
        a_claim(lines=()),
        a_claim(*[a_line()] * 51),
        a_claim(a_line(diagnosis_pointers=())),
        a_claim(a_line(diagnosis_pointers=(1, 2, 1, 2, 1))),
        a_claim(a_line(modifiers=("25",) * 5)),
        a_claim(number="X" * 21),
    ],
)
def test_what_has_no_place_in_the_guide_is_refused_and_never_dropped(
    claim: ProfessionalClaim,
) -> None:
    with pytest.raises(UnwritableError):
        an_837p(claim)


def test_no_claims_make_no_file() -> None:
    with pytest.raises(ValueError, match="at least one claim"):
        an_837p()


def test_control_numbers_stay_in_their_range_and_times_have_a_zone() -> None:
    for number in (0, 1_000_000_000):
        with pytest.raises(UnwritableError):
            a_header(number)
    with pytest.raises(UnwritableError):
        a_header(created=datetime(2026, 5, 20, 9, 30))  # noqa: DTZ001 - the naive time is the case
    with pytest.raises(UnwritableError):
        a_header(sender_id="X" * 16)


def test_the_header_is_written_in_its_own_zone() -> None:
    east = timezone(timedelta(hours=-4))
    header = a_header(created=datetime(2026, 5, 20, 2, 30, tzinfo=UTC).astimezone(east), usage="P")

    text = write_837p(header, [a_claim()], submitter=SUBMITTER, receiver=RECEIVER)

    isa = segments_of(text)[0]
    assert (isa[9], isa[10], isa[15]) == ("260519", "2230", "P")
    assert len("*".join(isa)) == 105


def test_an_address_abroad_names_its_country() -> None:
    abroad = PostalAddress(
        line1="1 Rue A", city="Lyon", state="", postal_code="69001", country="FR"
    )

    text = an_837p(a_claim(subscriber=replace(ADULT, address=abroad)))

    assert ["N4", "LYON", "", "69001", "FR"] in segments_of(text)
    assert complaints(text) == []
