"""A practice's own set-up: settings, locations, practitioners."""

from dataclasses import replace
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, invalid_field
from ..platform.http import WEEKDAYS
from ..platform.identifiers import (
    is_npi,
    is_taxonomy,
    is_tin,
    is_us_zip,
    is_zip_plus_4,
    normalise_phone,
)
from ..platform.postal import Address
from ..platform.store import Key, find, find_many, get, query_all
from .errors import BadIdentifier
from .models import BillingIdentity, Location, OpeningHours, Practice, Practitioner
from .schemas import LocationBody, OpeningValue, PracticeChange, PractitionerBody


def read_practice(context: Context) -> Practice:
    return get(Practice, Practice.key(context.practice_id))


def change_practice(context: Context, change: PracticeChange) -> Practice:
    """Change what the body names. BadIdentifier for an NPI, TIN, taxonomy or ZIP that cannot be.

    Whoever changes who bills, requires a second factor of all, or no longer does, has just given
    their own; a new practice says who bills without (ADR 10).
    """
    practice = context.matching(read_practice(context))
    if change.name is not None:
        practice.name = change.name
    if change.phone is not None:
        practice.phone = phone_of(change.phone, context.tenant.country, field="phone")
    if change.billing is not None:
        billing = _checked(context, change.billing.identity())
        if practice.billing not in (None, billing):
            context.demand_step_up()
        practice.billing = billing
    if change.require_mfa is not None and change.require_mfa != practice.require_mfa:
        context.demand_step_up()
        practice.require_mfa = change.require_mfa
    if change.part2_programme is not None:
        practice.part2_programme = change.part2_programme or None
    context.work.save(practice)
    if change.billing is not None:
        outbox.publish(context, "practice.billing_changed", practice.id, practice.version)
    if change.name is not None:
        outbox.publish(context, "practice.renamed", practice.id, practice.version)
    return practice


def add_location(context: Context, body: LocationBody) -> Location:
    location = Location(*Location.key(context.practice_id, context.new_id("loc")))
    _fill_location(context, location, body)
    context.work.create(location)
    return location


def change_location(context: Context, location_id: str, body: LocationBody) -> Location:
    """Replace its details. Invalid for another zone: what is booked stands on days of the one it has."""
    location = context.matching(get(Location, Location.key(context.practice_id, location_id)))
    if body.time_zone != location.time_zone:
        raise invalid_field("time_zone", "fixed", "A location keeps its zone: add another one")
    _fill_location(context, location, body)
    context.work.save(location)
    return location


def read_location(context: Context, location_id: str) -> Location:
    return get(Location, Location.key(context.practice_id, location_id))


def list_locations(context: Context) -> list[Location]:
    return list(query_all(Practice.key(context.practice_id).pk, begins="location#"))


def add_practitioner(context: Context, body: PractitionerBody) -> Practitioner:
    practitioner = Practitioner(*Practitioner.key(context.practice_id, context.new_id("pra")))
    _fill_practitioner(practitioner, body)
    context.work.create(practitioner)
    return practitioner


def change_practitioner(
    context: Context, practitioner_id: str, body: PractitionerBody
) -> Practitioner:
    key = Practitioner.key(context.practice_id, practitioner_id)
    practitioner = context.matching(get(Practitioner, key))
    _fill_practitioner(practitioner, body)
    context.work.save(practitioner)
    return practitioner


def read_practitioner(context: Context, practitioner_id: str) -> Practitioner:
    return get(Practitioner, Practitioner.key(context.practice_id, practitioner_id))


def list_practitioners(context: Context) -> list[Practitioner]:
    return list(query_all(Practice.key(context.practice_id).pk, begins="practitioner#"))


def is_part2_provider(context: Context, practitioner_id: str) -> bool:
    """Whether what they provide is a programme's under 42 CFR Part 2. One GetItem at most."""
    if context.tenant.part2_programme:
        return True
    found = find(Practitioner, Practitioner.key(context.practice_id, practitioner_id))
    return found is not None and bool(found.part2_programme)


def provides_part2(context: Context, user_id: str) -> bool:
    """Whether this member sees patients for a programme under 42 CFR Part 2. One Query at most."""
    return context.tenant.part2_programme or any(
        each.part2_programme and each.user_id == user_id for each in list_practitioners(context)
    )


def read_billing_parties(
    context: Context, practitioner_id: str, location_id: str
) -> tuple[Practice, Practitioner, Location]:
    """Who bills, who rendered, where: one BatchGet. NotFound if one of them is not there."""
    keys: list[Key] = [
        Practice.key(context.practice_id),
        Practitioner.key(context.practice_id, practitioner_id),
        Location.key(context.practice_id, location_id),
    ]
    found = find_many(keys)
    practice, practitioner, location = (found.get(key) for key in keys)
    if not (
        isinstance(practice, Practice)
        and isinstance(practitioner, Practitioner)
        and isinstance(location, Location)
    ):
        raise invalid_field("practitioner_id", "not_found", "No such practitioner or location")
    return practice, practitioner, location


def zone_of(name: str, *, field: str = "time_zone") -> ZoneInfo:
    """The IANA zone of this name; Invalid naming `field` if there is none.

    What a system keeps beside them (`localtime`, `right/…` with its leap seconds) is none.
    """
    if name not in _zones():
        raise invalid_field(field, "unknown_zone", "Not an IANA time zone")
    return ZoneInfo(name)


def phone_of(text: str, country: str, *, field: str) -> str:
    """E.164; Invalid naming `field` if the number cannot be."""
    try:
        return normalise_phone(text, country)
    except ValueError as error:
        raise invalid_field(field, "bad_phone", str(error)) from error


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _fill_location(context: Context, location: Location, body: LocationBody) -> None:
    zone_of(body.time_zone)
    if body.npi is not None and not is_npi(body.npi):
        raise BadIdentifier(errors=(FieldError("npi", "bad_npi", "The check digit is wrong"),))
    address = body.address.address()
    wrong = _wrong_address(address, "address")
    if wrong:
        raise Invalid("The address cannot be right", errors=wrong)
    location.name = body.name
    location.time_zone = body.time_zone
    location.address = address
    location.phone = body.phone and phone_of(body.phone, context.tenant.country, field="phone")
    location.place_of_service = body.place_of_service
    location.npi = body.npi
    location.holidays = tuple(sorted(set(body.holidays))) or None
    location.opening_hours = (
        tuple(_opening(*each) for each in enumerate(body.opening_hours)) or None
    )


def _opening(at: int, value: OpeningValue) -> OpeningHours:
    try:
        return OpeningHours(WEEKDAYS.index(value.weekday), value.starts, value.ends)
    except ValueError as error:
        raise invalid_field(f"opening_hours.{at}", "bad_hours", str(error)) from None


def _fill_practitioner(practitioner: Practitioner, body: PractitionerBody) -> None:
    if body.npi is not None and not is_npi(body.npi):
        raise BadIdentifier(errors=(FieldError("npi", "bad_npi", "The check digit is wrong"),))
    if body.taxonomy is not None and not is_taxonomy(body.taxonomy):
        raise BadIdentifier(errors=(FieldError("taxonomy", "bad_taxonomy", "Not a NUCC code"),))
    practitioner.family_name = body.family_name
    practitioner.given_name = body.given_name
    practitioner.user_id = body.user_id
    practitioner.npi = body.npi
    practitioner.taxonomy = body.taxonomy
    if body.part2_programme is not None:
        practitioner.part2_programme = body.part2_programme or None


def _checked(context: Context, billing: BillingIdentity) -> BillingIdentity:
    """The identity with its telephone in E.164."""
    pay_to = billing.pay_to
    wrong = [
        FieldError(f"billing.{field}", f"bad_{field.rpartition('.')[2]}", text)
        for field, holds, text in (
            ("npi", is_npi(billing.npi), "The check digit is wrong"),
            ("tin", is_tin(billing.tin), "Nine digits"),
            ("taxonomy", is_taxonomy(billing.taxonomy), "Not a NUCC code"),
            ("address.state", len(billing.address.state) == 2, "Two letters, as in NY"),
            ("address.postal_code", is_zip_plus_4(billing.address.postal_code), "ZIP+4"),
        )
        if not holds
    ]
    if pay_to is not None:
        wrong.extend(_wrong_address(pay_to, "billing.pay_to"))
    if wrong:
        raise BadIdentifier(errors=tuple(wrong))
    phone = phone_of(billing.contact_phone, context.tenant.country, field="billing.contact_phone")
    return replace(billing, contact_phone=phone)


def _wrong_address(address: Address, field: str) -> tuple[FieldError, ...]:
    """What cannot be right of a US address."""
    if address.country != "US":
        return ()
    checks = (
        (len(address.state) == 2, "state", "Two letters, as in NY"),
        (is_us_zip(address.postal_code), "postal_code", "ZIP or ZIP+4"),
    )
    return tuple(
        FieldError(f"{field}.{part}", f"bad_{part}", text)
        for holds, part, text in checks
        if not holds
    )
