"""NM1, N3, N4 and PER of a claim's parties, as every guide of 005010 writes them."""

import re
from collections.abc import Iterator

from chalicelib.claims.professional_claim import (
    Contact,
    OrganizationName,
    PersonName,
    PostalAddress,
)
from chalicelib.claims.x12.writing import Component, Identifier, Text, segment


def name_segment(
    code: str, name: PersonName | OrganizationName, qualifier: str = "", identifier: str = ""
) -> str:
    """NM1 with entity code `code`; NM108 stands only beside an NM109."""
    parts: list[Component] = [""] * 5
    match name:
        case OrganizationName(organization):
            parts[0] = Text(organization, 60)
        case PersonName(last=last, first=first, middle=middle, suffix=suffix):
            parts = [Text(last, 60), Text(first, 35), Text(middle, 25), "", Text(suffix, 10)]
    tail: list[Component] = [qualifier, Identifier(identifier, 80)] if identifier else []
    return segment("NM1", code, entity_type(name), *parts, *tail)


def entity_type(name: PersonName | OrganizationName) -> str:
    """NM102: 1 for a person, 2 for any other party."""
    return "1" if isinstance(name, PersonName) else "2"


def address_segments(address: PostalAddress) -> Iterator[str]:
    """N3 and N4; N404 only outside the US, a ZIP without its dash."""
    domestic = address.country == "US"
    postal_code = address.postal_code.replace("-", "") if domestic else address.postal_code
    country = "" if domestic else address.country
    yield segment("N3", Text(address.line1, 55), Text(address.line2, 55))
    yield segment("N4", Text(address.city, 30), address.state, Text(postal_code, 15), country)


def contact_segment(contact: Contact) -> str:
    """PER. A North American number goes out as its ten digits (TR3 appendix B.1.1.3.1.2)."""
    digits = re.sub(r"[^0-9]", "", contact.telephone)
    national = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    numbers: list[Component] = []
    for qualifier, number in (("TE", national), ("EX", contact.extension), ("EM", contact.email)):
        if number:
            numbers += [qualifier, Identifier(number, 256)]
    return segment("PER", "IC", Text(contact.name, 60), *numbers)
