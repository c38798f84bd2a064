"""How a clinic comes to be: its owner signs it up, others join, operations verify it.

What the visit's clinic and the demo practice have in common.
"""

from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from zoneinfo import ZoneInfo

from infra.ops import clear

from .people import PASSWORD, People, expect, usd

ZONE = ZoneInfo("America/New_York")
STREET = {"line1": "12 Elm Street", "city": "Albany", "state": "NY", "postal_code": "12207-1234"}
BILLING = {
    "legal_name": "Elm Street Clinic PC",
    "npi": "1234567893",
    "tin": "12-3456789",
    "taxonomy": "261QP2300X",
    "address": STREET,
    "contact_name": "Bill Biller",
    "contact_phone": "+15185550123",
}
LICENCE = "NY 123456"


@dataclass(frozen=True)
class Founding:
    """The steps, by `people`, of whom `owner` founds the practice."""

    people: People
    owner: str

    def sign_up(self) -> None:
        body = {
            "practice_name": "Elm Street Clinic",
            "country": "US",
            "time_zone": str(ZONE),
            "currency": "USD",
            "locale": "en-US",
            "name": "Olive Owner",
            "email": self.owner,
            "password": PASSWORD,
        }
        made = self.people.post("", "/v1/practices", body)
        expect(made["status"] == "unverified", "the practice waits for verification")

    def verify(self) -> None:
        self.people.api.settle()
        secret = {"token": self.people.mailed_secret(self.owner)}
        verified = self.people.post("", "/v1/practices/verify", secret)
        expect(verified["status"] == "active", "the practice is active")

    def accept_agreement(self) -> None:
        shown = self.people.get(self.owner, "/v1/agreements")["items"][-1]
        expect(shown["accepted"] is None, "nobody has accepted it yet")
        accepted = {"agreement": shown["version"], "sha256": shown["sha256"]}
        self.people.post(self.owner, "/v1/agreements/accept", accepted)

    def clear(self, capabilities: Iterable[str]) -> None:
        """Operations verify the practice for these, by their own command."""
        practice = self.people.get(self.owner, "/v1/me")["practice_id"]
        decided = ["--by", "Vera Vendor", "--licence", LICENCE]
        with redirect_stdout(StringIO()):
            code = clear.run([practice, *capabilities, *decided])
        expect(code == 0, "operations verify the practice")

    def invite(self, address: str, name: str, role: str) -> str:
        """A person is invited with one role; their id. The link comes once events have settled."""
        body = {"email": address, "name": name, "roles": [role]}
        return str(self.people.post(self.owner, "/v1/members", body)["user_id"])

    def join(self, address: str) -> None:
        """Who was invited follows the link and sets a password."""
        accepted = {"token": self.people.mailed_secret(address), "password": PASSWORD}
        self.people.post("", "/v1/invitations/accept", accepted)

    def set_up_billing(self) -> None:
        seen = self.people.call("GET", self.owner, "/v1/practice")
        change = {"billing": BILLING, "phone": "+15185550100"}
        self.people.call("PATCH", self.owner, "/v1/practice", change, If_Match=seen.etag)

    def set_fees(self, fees: Iterable[tuple[str, str, int]]) -> None:
        """The fee schedule: code, description and price of each."""
        listed = [{"code": code, "description": text, "price": usd(p)} for code, text, p in fees]
        self.people.call("PUT", self.owner, "/v1/fee-schedule", {"fees": listed}, If_Match='"0"')

    def open_location(self) -> str:
        body = {"name": "Elm Street", "time_zone": str(ZONE), "address": STREET}
        return str(self.people.post(self.owner, "/v1/locations", body)["id"])

    def open_hours(
        self, practitioner: str, location: str, days: Iterable[str], hours: tuple[str, str]
    ) -> None:
        """When the practitioner is there: the same hours on each of `days`."""
        rules = [
            {
                "weekday": weekday,
                "starts": hours[0],
                "ends": hours[1],
                "location_id": location,
                "effective_from": "2020-01-01",
            }
            for weekday in days
        ]
        path = f"/v1/practitioners/{practitioner}/availability"
        self.people.call("PUT", self.owner, path, {"rules": rules}, If_Match='"0"')
