"""The demo practice's people and places, and its patients, as they come to be."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from chalicelib.practices.capabilities import Capability

from .demo_data import CLINICIANS, FEES, ONLINE, PAYERS, TYPES, DemoPatient, demo_patients
from .founding import Founding
from .people import People

OWNER, DESK, BILLER = (f"{name}@demo.example" for name in ("owner", "desk", "biller"))
DOCTORS = tuple(f"{given.lower()}@demo.example" for _, given, _ in CLINICIANS)
NPIS = ("1987654328", "1234567893", "1003000126", "1003000134")
PATIENTS = 150
SLUG = "elm-street"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
UNKNOWN_PAYER = "pyr_not_set_up_yet"


@dataclass
class DemoClinic:
    """The ids of what there is, in the order of the lists in demo_data.py."""

    people: People
    location: str = ""
    practitioners: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    payers: list[str] = field(default_factory=list)
    patients: list[str] = field(default_factory=list)
    self_payers: set[int] = field(default_factory=set)

    def found(self) -> None:
        """From sign-up to a clinic that may see patients and claim."""
        founding = Founding(self.people, OWNER)
        founding.sign_up()
        founding.verify()
        founding.accept_agreement()
        members = self._staff(founding)
        founding.set_up_billing()
        founding.set_fees(FEES)
        founding.clear(Capability)
        self._open(founding)
        for number, member in enumerate(members):
            self._add_practitioner(founding, number, member)
        self._put_online()

    def register(self, hands: Executor) -> Iterator[int]:
        """Its patients and their coverages; after each, how many there are."""
        people = demo_patients(PATIENTS)
        self.self_payers = {n for n, person in enumerate(people) if person.member_id is None}
        for patient in hands.map(self._register, people):
            self.patients.append(patient)
            yield len(self.patients)

    def _staff(self, founding: Founding) -> list[str]:
        """Desk, biller and clinicians join; the clinicians' ids."""
        founding.invite(DESK, "Dee Desk", "front_desk")
        founding.invite(BILLER, "Bill Biller", "biller")
        members = [
            founding.invite(address, f"{given} {family}", "clinician")
            for address, (family, given, _) in zip(DOCTORS, CLINICIANS, strict=True)
        ]
        self.people.api.settle()
        for address in (DESK, BILLER, *DOCTORS):
            founding.join(address)
        return members

    def _open(self, founding: Founding) -> None:
        """Location, rooms, appointment types, payers."""
        self.location = founding.open_location()
        for number in range(len(CLINICIANS)):
            room = {"name": f"Room {number + 1}", "location_id": self.location}
            self.rooms.append(self._made(OWNER, "/v1/rooms", room))
        for name, minutes, bill_to, code in TYPES:
            kind = {
                "name": name,
                "minutes": minutes,
                "bill_to": bill_to,
                "price_code": code,
                "online": ONLINE.get(name, "nobody"),
                "notice_hours": 2,
            }
            self.types.append(self._made(OWNER, "/v1/appointment-types", kind))
        for name, payer_id, indicator in PAYERS:
            payer = {"name": name, "payer_id": payer_id, "filing_indicator": indicator}
            self.payers.append(self._made(BILLER, "/v1/payers", payer))

    def _add_practitioner(self, founding: Founding, number: int, member: str) -> None:
        family, given, taxonomy = CLINICIANS[number]
        body = {
            "family_name": family,
            "given_name": given,
            "user_id": member,
            "npi": NPIS[number],
            "taxonomy": taxonomy,
        }
        practitioner = self._made(OWNER, "/v1/practitioners", body)
        self.practitioners.append(practitioner)
        founding.open_hours(practitioner, self.location, WEEKDAYS, ("08:00", "17:00"))

    def _put_online(self) -> None:
        """Its page: /v1/online-booking/elm-street."""
        shown = [
            {"practitioner_id": practitioner, "name": f"Dr {given} {family}"}
            for practitioner, (family, given, _) in zip(self.practitioners, CLINICIANS, strict=True)
        ]
        page = {"slug": SLUG, "practitioners": shown, "policy": "Please come ten minutes early."}
        self.people.call("PUT", OWNER, "/v1/practice/online-booking", page, If_Match='"0"')

    def _register(self, person: DemoPatient) -> str:
        patient = self._made(DESK, "/v1/patients", person.body)
        if person.member_id is not None:
            unknown = person.member_id.startswith("NOPAYER")
            coverage = {
                "payer_id": UNKNOWN_PAYER if unknown else self.payers[person.payer],
                "payer_name": PAYERS[person.payer][0],
                "member_id": person.member_id,
                "relationship": "self",
                "effective_from": "2024-01-01",
            }
            self._made(DESK, f"/v1/patients/{patient}/coverages", coverage)
        return patient

    def _made(self, who: str, path: str, body: Any) -> str:
        return str(self.people.post(who, path, body)["id"])
