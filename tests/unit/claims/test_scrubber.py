"""The scrubber: each rule named by its code and the field it points at."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from chalicelib.claims.professional_claim import (
    Accident,
    PersonName,
    PostalAddress,
    ProfessionalClaim,
    ServiceFacility,
)
from chalicelib.claims.scrub_findings import ScrubFinding
from chalicelib.claims.scrubber import CodeVerdict, scrub
from chalicelib.claims.x12.writing import UnwritableError
from tests.unit.claims.claim_builders import (
    ADULT,
    CHILD,
    CLINIC,
    CLINIC_STREET,
    CLINICIAN,
    PAYER,
    SERVICE_DAY,
    TODAY,
    a_claim,
    a_line,
    an_837p,
    npi,
    professional_claims,
)


def _valid(_code: str, _day: date) -> CodeVerdict:
    return "valid"


def _findings(claim: ProfessionalClaim, **terms: Any) -> list[tuple[str, str, str]]:
    found = scrub(claim, on=TODAY, **{"check_diagnosis": _valid, **terms})
    return [(item.code, item.field, item.severity) for item in found]


def _billing(**changes: Any) -> ProfessionalClaim:
    return a_claim(billing_provider=replace(CLINIC, **changes))


def _street(**changes: Any) -> PostalAddress:
    return replace(CLINIC_STREET, **changes)


def test_a_clean_claim_has_no_finding() -> None:
    assert _findings(a_claim()) == []
    assert _findings(a_claim(dependent=CHILD)) == []


def test_a_child_needs_demographics_and_the_subscriber_then_does_not() -> None:
    parent = replace(ADULT, birth_date=None, sex=None, address=None)

    assert _findings(a_claim(subscriber=parent, dependent=CHILD)) == []
    assert _findings(a_claim(subscriber=parent)) == [
        ("birth_date_missing", "subscriber.birth_date", "error"),
        ("sex_missing", "subscriber.sex", "error"),
        ("address_missing", "subscriber.address", "error"),
    ]


@pytest.mark.parametrize(
    ("claim", "code", "field"),
    [
        (a_claim(number=""), "claim_number_length", "number"),
        (a_claim(number="X" * 21), "claim_number_length", "number"),
        (a_claim(number="clm1"), "claim_number_characters", "number"),
        (a_claim(number="A:1"), "claim_number_characters", "number"),
        (a_claim(frequency="7"), "original_reference_missing", "original_reference"),
        (a_claim(frequency="8"), "original_reference_missing", "original_reference"),
        (a_claim(place_of_service="1"), "place_of_service_format", "place_of_service"),
        (a_claim(prior_authorization="A*1"), "text_not_writable", "prior_authorization"),
        (a_claim(referral_number="9" * 51), "text_too_long", "referral_number"),
        (_billing(npi="1234567890"), "npi_invalid", "billing_provider.npi"),
        (_billing(npi=""), "npi_invalid", "billing_provider.npi"),
        (_billing(tax_id="12-345"), "tin_invalid", "billing_provider.tax_id"),
        (_billing(taxonomy="207Q"), "taxonomy_invalid", "billing_provider.taxonomy"),
        (
            _billing(address=_street(postal_code="02155")),
            "zip_plus_4_required",
            "billing_provider.address.postal_code",
        ),
        (
            _billing(address=_street(state="Mass")),
            "state_invalid",
            "billing_provider.address.state",
        ),
        (
            _billing(address=_street(city=" ")),
            "address_incomplete",
            "billing_provider.address.city",
        ),
        (
            _billing(pay_to=_street(postal_code="2155")),
            "zip_invalid",
            "billing_provider.pay_to.postal_code",
        ),
        (
            a_claim(rendering_provider=replace(CLINICIAN, npi=npi(111111111)[:9] + "0")),
            "npi_invalid",
            "rendering_provider.npi",
        ),
        (
            a_claim(service_facility=ServiceFacility(name="F", npi="1", address=CLINIC_STREET)),
            "npi_invalid",
            "service_facility.npi",
        ),
        (
            a_claim(
                service_facility=ServiceFacility(name="F", address=_street(postal_code="02155"))
            ),
            "zip_plus_4_required",
            "service_facility.address.postal_code",
        ),
        (
            a_claim(subscriber=replace(ADULT, member_id=" ")),
            "member_id_missing",
            "subscriber.member_id",
        ),
        (
            a_claim(subscriber=replace(ADULT, member_id="W*1")),
            "member_id_format",
            "subscriber.member_id",
        ),
        (
            a_claim(subscriber=replace(ADULT, name=PersonName(last="王", first="Wei"))),
            "text_not_writable",
            "subscriber.name.last",
        ),
        (
            a_claim(subscriber=replace(ADULT, name=PersonName(last="", first="Thu"))),
            "name_missing",
            "subscriber.name.last",
        ),
        (
            a_claim(subscriber=replace(ADULT, name=PersonName(last="N", first="ß" * 18))),
            "text_too_long",
            "subscriber.name.first",
        ),
        (a_claim(payer=replace(PAYER, identifier="")), "payer_id_missing", "payer.identifier"),
        (
            a_claim(payer=replace(PAYER, filing_indicator="XX")),
            "filing_indicator_unknown",
            "payer.filing_indicator",
        ),
        (
            a_claim(dependent=replace(CHILD, relationship="18")),
            "relationship_unknown",
            "dependent.relationship",
        ),
        (a_claim(dependent=replace(CHILD, sex=None)), "sex_missing", "dependent.sex"),
        (
            a_claim(accident=Accident(cause="AA", occurred=SERVICE_DAY)),
            "accident_state_missing",
            "accident.state",
        ),
        (a_claim(diagnoses=("I10", "I1.0")), "diagnosis_duplicate", "diagnoses[1]"),
        (a_claim(diagnoses=("250.00",)), "diagnosis_format", "diagnoses[0]"),
        (a_claim(lines=(), total_charge=0), "line_required", "lines"),
        (a_claim(*[a_line()] * 51), "too_many_lines", "lines"),
        (a_claim(a_line(diagnosis_pointers=())), "pointer_missing", "lines[0].diagnosis_pointers"),
        (
            a_claim(a_line(), a_line(diagnosis_pointers=(1, 3))),
            "pointer_unknown",
            "lines[1].diagnosis_pointers",
        ),
        (
            a_claim(a_line(diagnosis_pointers=(0,))),
            "pointer_unknown",
            "lines[0].diagnosis_pointers",
        ),
        (
            a_claim(a_line(diagnosis_pointers=(1, 1))),
            "pointer_count",
            "lines[0].diagnosis_pointers",
        ),
        (a_claim(a_line(procedure="")), "procedure_format", "lines[0].procedure"),
        (a_claim(a_line(modifiers=("2",))), "modifier_format", "lines[0].modifiers"),
        (a_claim(a_line(modifiers=("25", "25"))), "modifier_format", "lines[0].modifiers"),
        (
            a_claim(a_line(modifiers=("25", "59", "GT", "RT", "LT"))),
            "too_many_modifiers",
            "lines[0].modifiers",
        ),
        (a_claim(a_line(charge=0)), "charge_not_positive", "lines[0].charge"),
        (a_claim(a_line(units=Decimal(0))), "units_not_positive", "lines[0].units"),
        (
            a_claim(a_line(service_date=TODAY + timedelta(days=1))),
            "service_date_future",
            "lines[0].service_date",
        ),
        (
            a_claim(a_line(service_date=date(1980, 1, 1))),
            "service_date_before_birth",
            "lines[0].service_date",
        ),
        (a_claim(total_charge=12549), "total_mismatch", "total_charge"),
    ],
)
def test_each_fault_is_the_one_error_and_names_its_field(
    claim: ProfessionalClaim, code: str, field: str
) -> None:
    assert _findings(claim) == [(code, field, "error")]


@pytest.mark.parametrize(
    "street", ["PO Box 12", "P.O. Box 12", "P O BOX 12", "Post Office Box 9", "Lock Box 3"]
)
def test_a_billing_address_that_is_a_po_box_is_an_error(street: str) -> None:
    boxed = _billing(address=_street(line1=street))
    beside = _billing(address=_street(line2=street))

    assert _findings(boxed) == [("po_box", "billing_provider.address.line1", "error")]
    assert _findings(beside) == [("po_box", "billing_provider.address.line2", "error")]
    assert _findings(_billing(pay_to=_street(line1=street))) == []


@pytest.mark.parametrize("street", ["12 Poboxton Road", "4 Boxwood Post Lane", "1 Apo Boxer St"])
def test_a_street_that_only_sounds_like_a_box_is_none(street: str) -> None:
    assert _findings(_billing(address=_street(line1=street))) == []


def test_no_diagnosis_is_one_error_beside_the_pointers_it_orphans() -> None:
    assert _findings(a_claim(diagnoses=())) == [
        ("diagnosis_required", "diagnoses", "error"),
        ("pointer_unknown", "lines[0].diagnosis_pointers", "error"),
    ]


def test_the_thirteenth_diagnosis_is_one_too_many() -> None:
    codes = tuple(f"I{number}" for number in range(10, 23))

    assert _findings(a_claim(diagnoses=codes)) == [("too_many_diagnoses", "diagnoses", "error")]
    assert _findings(a_claim(diagnoses=codes[:12])) == []


def test_two_lines_of_one_control_number_are_both_named() -> None:
    claim = a_claim(lines=(a_line(), a_line()), total_charge=25100)

    assert _findings(claim) == [
        ("line_control_number_repeated", "lines[0].control_number", "error"),
        ("line_control_number_repeated", "lines[1].control_number", "error"),
    ]


def test_a_diagnosis_is_judged_on_every_day_of_service() -> None:
    early, late = date(2025, 9, 30), date(2025, 10, 1)
    asked: set[tuple[str, date]] = set()

    def from_october(code: str, day: date) -> CodeVerdict:
        asked.add((code, day))
        return "valid" if day >= late or code == "I10" else "invalid"

    claim = a_claim(a_line(service_date=early), a_line(service_date=late))

    assert _findings(claim, check_diagnosis=from_october) == [
        ("diagnosis_invalid", "diagnoses[0]", "error")
    ]
    assert asked == {(code, day) for code in ("E11.9", "I10") for day in (early, late)}


def test_a_diagnosis_nobody_could_check_is_a_warning_and_never_called_invalid() -> None:
    found = scrub(a_claim(diagnoses=("I10",)), on=TODAY)

    assert [(item.code, item.severity) for item in found] == [("diagnosis_not_checked", "warning")]
    assert "not checked for this date" in found[0].text.lower()


def test_an_organisation_that_bills_without_a_rendering_provider_is_warned() -> None:
    alone = replace(CLINIC, name=CLINICIAN.name, npi=CLINICIAN.npi)

    assert _findings(a_claim(rendering_provider=None)) == [
        ("rendering_provider_missing", "rendering_provider", "warning")
    ]
    assert _findings(a_claim(rendering_provider=None, billing_provider=alone)) == []


def test_timely_filing_is_counted_from_the_first_service() -> None:
    claim = a_claim(a_line(), a_line(service_date=TODAY - timedelta(days=90)))

    assert _findings(claim, timely_filing_days=90) == []
    assert _findings(claim, timely_filing_days=89) == [("timely_filing", "lines", "warning")]


def test_every_fault_of_a_claim_is_told_at_once() -> None:
    claim = replace(
        a_claim(a_line(charge=-1), number="", place_of_service=""),
        billing_provider=replace(CLINIC, npi="1", tax_id="2"),
    )

    codes = [code for code, _, _ in _findings(claim)]
    assert codes == [
        "claim_number_length",
        "place_of_service_format",
        "npi_invalid",
        "tin_invalid",
        "charge_not_positive",
    ]


def test_findings_repeat_nothing_of_the_patient() -> None:
    canary = PersonName(last="Canary~Last", first="Canary*First", middle="Canary^M")
    claim = a_claim(
        subscriber=replace(ADULT, name=canary, member_id="CANARY*ID"), diagnoses=("CANARY",)
    )

    found: tuple[ScrubFinding, ...] = scrub(claim, on=TODAY)

    assert len(found) >= 5
    assert not [item for item in found if "canary" in item.text.lower()]


@given(claim=professional_claims())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_what_the_writer_refuses_the_scrubber_has_named(claim: ProfessionalClaim) -> None:
    spoiled = replace(
        claim,
        subscriber=replace(claim.subscriber, name=replace(claim.subscriber.name, first="A~B")),
    )

    assert "error" not in {severity for _, _, severity in _findings(claim)}
    assert an_837p(claim)
    with pytest.raises(UnwritableError):
        an_837p(spoiled)
    assert ("text_not_writable", "subscriber.name.first", "error") in _findings(spoiled)
