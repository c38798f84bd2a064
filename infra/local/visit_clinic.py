"""The visit's clinic: signed up, staffed, set up and verified by the people who work there."""

from dataclasses import dataclass

from .founding import LICENCE, Founding
from .people import People

OWNER, DESK, CLINICIAN, BILLER = (
    f"{name}@elm-street.example" for name in ("owner", "desk", "clinician", "biller")
)
PRICE = 20_000
FEES = (("G0463", "Clinic visit", PRICE), ("G2211", "Longitudinal care add-on", 1_600))
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Clinic:
    """The steps of the clinic; `ids` gets what they make, by name."""

    people: People
    ids: dict[str, str]

    @property
    def founding(self) -> Founding:
        return Founding(self.people, OWNER)

    def sign_up(self) -> None:
        self.founding.sign_up()

    def verify(self) -> None:
        self.founding.verify()

    def accept_agreement(self) -> None:
        self.founding.accept_agreement()

    def invite(self) -> None:
        for address, role in ((CLINICIAN, "clinician"), (DESK, "front_desk"), (BILLER, "biller")):
            name = role.replace("_", " ").title()
            self.ids[role] = self.founding.invite(address, name, role)
            self.people.api.settle()
            self.founding.join(address)

    def set_up(self) -> None:
        self.founding.set_up_billing()
        self._set_up_provider()
        self._set_up_schedule()
        self.founding.set_fees(FEES)
        payer = {"name": "Bay State Health Plan", "payer_id": "BSHP1", "filing_indicator": "CI"}
        self.ids["payer"] = self._made("/v1/payers", payer)

    def clear(self) -> None:
        """Asked for through the API; operations decide by their own command."""
        asked = {"capabilities": ["claims", "sms"], "licence": LICENCE}
        self.people.post(OWNER, "/v1/practice/clearances", asked)
        self.founding.clear(["claims", "sms"])

    def _set_up_provider(self) -> None:
        self.ids["location"] = self.founding.open_location()
        practitioner = {
            "family_name": "Osei",
            "given_name": "Kofi",
            "user_id": self.ids["clinician"],
            "npi": "1987654328",
            "taxonomy": "207Q00000X",
        }
        self.ids["practitioner"] = self._made("/v1/practitioners", practitioner)

    def _set_up_schedule(self) -> None:
        room = {"name": "Room 1", "location_id": self.ids["location"]}
        self.ids["room"] = self._made("/v1/rooms", room)
        for name, bill_to in (("Office visit", "insurance"), ("Self-pay visit", "self_pay")):
            kind = {"name": name, "minutes": 30, "needs_room": True, "bill_to": bill_to}
            self.ids[bill_to] = self._made("/v1/appointment-types", kind)
        consent = {"name": "Consent to care", "of_kind": "consent", "needed_by": "everybody"}
        self.ids["consent"] = self._made("/v1/forms", consent)
        hours = ("09:00", "17:00")
        self.founding.open_hours(self.ids["practitioner"], self.ids["location"], EVERY_DAY, hours)

    def _made(self, path: str, body: object) -> str:
        return str(self.people.post(OWNER, path, body)["id"])
