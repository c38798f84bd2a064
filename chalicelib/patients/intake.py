"""What was asked of a patient, checked by the field's rules and put on the record."""

from collections.abc import Iterator, Sequence
from datetime import date

from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, invalid_field
from ..platform.identifiers import is_email, is_us_zip
from ..practices.service import phone_of, zone_of
from .demographics import (
    Consent,
    Guarantor,
    GuarantorRelationship,
    PatientAddress,
    PersonName,
    Phone,
    language_tag,
)
from .models import Patient
from .name_matching import normalise_name
from .schemas import (
    ConsentsBody,
    DemographicsBody,
    DuplicateSearch,
    GuarantorValue,
    NameValue,
    PatientAddressValue,
    PhoneValue,
)

OLDEST = 130
"""Years: nobody is known to have lived longer than 122."""


def record_demographics(context: Context, patient: Patient, body: DemographicsBody) -> None:
    """Set all that `body` says. Invalid (422) names each field that cannot be right."""
    record_identity(context, patient, body)
    _refuse(_wrong_dates(body, today=context.today()))
    patient.sex = body.sex.value
    patient.birth_sex = body.birth_sex and body.birth_sex.value
    patient.gender_identity = body.gender_identity and body.gender_identity.value
    patient.race = tuple(dict.fromkeys(race.value for race in body.race))
    patient.ethnicity = body.ethnicity and body.ethnicity.value
    patient.language = body.language and _language_of(body.language)
    patient.time_zone = body.time_zone and zone_of(body.time_zone).key
    patient.preferred_channel = body.preferred_channel and body.preferred_channel.value
    patient.deceased = body.deceased or body.deceased_on is not None
    patient.deceased_on = body.deceased_on
    patient.guarantor = _guarantor_of(context, body.guarantor)
    patient.emergency_contacts = tuple(
        contact.value(_phone(context, contact.phone, f"emergency_contacts.{at}.phone"))
        for at, contact in enumerate(body.emergency_contacts)
    )
    patient.confidential_communication = body.confidential_communication
    patient.status = body.status.value


def record_identity(
    context: Context, patient: Patient, body: DemographicsBody | DuplicateSearch
) -> None:
    """Set what tells one person from another: name, birth date, addresses, telephones, e-mail."""
    if body.email is not None and not is_email(body.email):
        raise invalid_field("email", "bad_email", "Not an e-mail address")
    patient.name = checked_name(body.name)
    patient.birth_date = body.birth_date
    patient.addresses = tuple(
        checked_address(address, field=f"addresses.{at}")
        for at, address in enumerate(body.addresses)
    )
    patient.phones = _phones_of(context, body.phones)
    patient.email = body.email


def record_answers(context: Context, patient: Patient, body: ConsentsBody) -> None:
    """Set what the patient said of each channel that `body` names: when, and recorded by whom."""
    said = {
        channel: Consent(channel.value, allowed, context.now(), context.actor.id)
        for channel, allowed in body.answers().items()
    }
    kept = {consent.channel: consent for consent in patient.consents}
    patient.consents = tuple((kept | said).values())


def checked_name(name: NameValue, *, field: str = "name") -> PersonName:
    """Invalid if the family name has neither letters nor digits: nobody could find it."""
    if not normalise_name(name.family):
        raise invalid_field(f"{field}.family", "no_letters", "A name has letters")
    return name.value()


def checked_address(address: PatientAddressValue, *, field: str) -> PatientAddress:
    """Invalid for a US address whose state has no two letters or whose ZIP cannot be."""
    _refuse(_wrong_address(address, field))
    return address.value()


def checked_birth_date(birth_date: date, *, field: str, today: date) -> date:
    """Invalid for a day that is still to come, or longer ago than anybody lives."""
    _refuse(_wrong_birth_date(birth_date, field, today))
    return birth_date


def _wrong_dates(body: DemographicsBody, *, today: date) -> Iterator[FieldError]:
    yield from _wrong_birth_date(body.birth_date, "birth_date", today)
    if body.deceased_on is not None:
        if body.deceased_on > today:
            yield FieldError("deceased_on", "in_future", "This day is still to come")
        elif body.deceased_on < body.birth_date:
            yield FieldError("deceased_on", "before_birth", "This is before the birth date")


def _wrong_birth_date(birth_date: date, field: str, today: date) -> Iterator[FieldError]:
    if birth_date > today:
        yield FieldError(field, "in_future", "This day is still to come")
    elif today.year - birth_date.year > OLDEST:
        yield FieldError(field, "too_long_ago", f"More than {OLDEST} years ago")


def _wrong_address(address: PatientAddressValue, field: str) -> Iterator[FieldError]:
    if address.country == "US":
        if len(address.state) == 3:
            yield FieldError(f"{field}.state", "bad_state", "Two letters, as in NY")
        if address.postal_code and not is_us_zip(address.postal_code):
            yield FieldError(f"{field}.postal_code", "bad_postal_code", "ZIP or ZIP+4")


def _guarantor_of(context: Context, body: GuarantorValue) -> Guarantor:
    themselves = body.relationship == GuarantorRelationship.SELF
    if themselves and (body.name or body.address or body.phone):
        raise invalid_field("guarantor", "not_needed", "The guarantor is the patient")
    if not themselves and body.name is None:
        raise invalid_field("guarantor.name", "missing", "Another person needs a name")
    return Guarantor(
        body.relationship.value,
        None if body.name is None else checked_name(body.name, field="guarantor.name"),
        None if body.address is None else checked_address(body.address, field="guarantor.address"),
        body.phone and _phone(context, body.phone, "guarantor.phone"),
    )


def _phones_of(context: Context, given: Sequence[PhoneValue]) -> tuple[Phone, ...]:
    numbers = (
        Phone(_phone(context, phone.number, f"phones.{at}.number"), phone.use.value)
        for at, phone in enumerate(given)
    )
    return tuple(dict.fromkeys(numbers))


def _phone(context: Context, text: str, field: str) -> str:
    return phone_of(text, context.tenant.country, field=field)


def _language_of(text: str) -> str:
    try:
        return language_tag(text)
    except ValueError as error:
        raise invalid_field("language", "bad_language", str(error)) from error


def _refuse(wrong: Iterator[FieldError]) -> None:
    errors = tuple(wrong)
    if errors:
        raise Invalid("Some fields cannot be right", errors=errors)
