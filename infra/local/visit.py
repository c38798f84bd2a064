"""The main job, as a person would play it: one visit from sign-up to paid claim, one self-paid.

Every step is an API call or an event. `Api` is how a step reaches the product: over real HTTP
(smoke.py) or inside a test.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from infra.ops import clear

PASSWORD = "correct horse battery staple"  # noqa: S105  # of made-up people
OWNER, DESK, CLINICIAN, BILLER = (
    f"{name}@elm-street.example" for name in ("owner", "desk", "clinician", "biller")
)
ZONE = ZoneInfo("America/New_York")
STREET = {"line1": "12 Elm Street", "city": "Albany", "state": "NY", "postal_code": "12207-1234"}
HOME = {"line1": "7 Oak Road", "city": "Albany", "state": "NY", "postal_code": "12203"}
SOAP = {
    "subjective": {
        "chief_complaint": "Low back pain",
        "history_of_present_illness": "Since lifting boxes four days ago; no leg pain.",
    },
    "vitals": {"temperature": {"value": 36.8, "unit": "Cel"}},
    "objective": {"examination": "Tender over L4 and L5; straight leg raise negative."},
    "assessment": {"impression": "Mechanical low back pain."},
    "plan": {"treatment": "Stay active; ibuprofen 400 mg as needed."},
}
COPAY = 2_000
PRICE = 20_000


class Failed(AssertionError):
    """A step did not go as it should."""


class Answer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def json(self) -> Any: ...
    @property
    def etag(self) -> str: ...
    @property
    def text(self) -> str: ...


class Api(Protocol):
    """The product as a step sees it."""

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> Answer: ...
    def mails_to(self, address: str) -> list[str]: ...
    def texts_to(self, number: str) -> list[str]: ...
    def now(self) -> datetime: ...
    def advance_to(self, instant: datetime) -> None: ...
    def settle(self) -> None: ...
    def tick(self) -> None: ...


@dataclass
class Visit:
    """What the steps learn on their way; `steps` in the order they are played."""

    api: Api
    ids: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "a person signs a practice up", self.sign_up
        yield "verifies the e-mail", self.verify
        yield "the owner accepts the business associate agreement", self.accept_agreement
        yield "invites clinician, front desk and biller, who set passwords", self.invite
        yield "sets up location, room, hours, types, fees, billing identity, payer", self.set_up
        yield "operations verify the practice for claims and SMS", self.clear
        yield "registers a patient with a coverage", self.register
        yield "finds a free slot and books it", self.book
        yield "a reminder goes out", self.remind
        yield "the front desk checks the patient in and takes the copay", self.check_in
        yield "the clinician writes a SOAP note with diagnoses and procedures", self.write_note
        yield "and signs it", self.sign
        yield "charges are made, the scrubber passes, an 837P goes out, answers come", self.claim
        yield "the ledger shows adjustment, insurance payment and patient share", self.ledger
        yield "the patient pays; the balance is 0", self.pay
        yield (
            "a second patient pays for themselves: invoice, payment, receipt, superbill",
            (self.self_pay),
        )
        yield "the dashboard shows the visits, the claim and the money", self.dashboard

    def play(self, told: Callable[[str], None] = lambda _: None) -> None:
        """Every step; Failed (or the error) at the first that does not hold."""
        for name, step in self.steps():
            told(name)
            step()

    # --- steps -----------------------------------------------------------------------------------

    def sign_up(self) -> None:
        body = {
            "practice_name": "Elm Street Clinic",
            "country": "US",
            "time_zone": "America/New_York",
            "currency": "USD",
            "locale": "en-US",
            "name": "Olive Owner",
            "email": OWNER,
            "password": PASSWORD,
        }
        made = self._post("", "/v1/practices", body, status=201)
        self._expect(made["status"] == "unverified", "the practice waits for verification")

    def verify(self) -> None:
        self.api.settle()
        verified = self._post("", "/v1/practices/verify", {"token": self._mailed(OWNER)})
        self._expect(verified["status"] == "active", "the practice is active")

    def accept_agreement(self) -> None:
        shown = self._call("GET", OWNER, "/v1/agreements")["items"][-1]
        self._expect(shown["accepted"] is None, "nobody has accepted it yet")
        accepted = {"agreement": shown["version"], "sha256": shown["sha256"]}
        self._post(OWNER, "/v1/agreements/accept", accepted)

    def clear(self) -> None:
        """Asked for through the API; operations decide by their own command."""
        asked = {"capabilities": ["claims", "sms"], "licence": "NY 123456"}
        self._post(OWNER, "/v1/practice/clearances", asked)
        practice = self._call("GET", OWNER, "/v1/me")["practice_id"]
        decided = ["--by", "Vera Vendor", "--licence", "NY 123456"]
        with redirect_stdout(StringIO()):
            code = clear.run([practice, "claims", "sms", *decided])
        self._expect(code == 0, "operations verify the practice")

    def invite(self) -> None:
        for email, role in ((CLINICIAN, "clinician"), (DESK, "front_desk"), (BILLER, "biller")):
            body = {"email": email, "name": role.replace("_", " ").title(), "roles": [role]}
            member = self._post(OWNER, "/v1/members", body, status=201)
            self.ids[role] = member["user_id"]
            self.api.settle()
            accepted = {"token": self._mailed(email), "password": PASSWORD}
            self._post("", "/v1/invitations/accept", accepted)

    def set_up(self) -> None:
        self._set_up_practice()
        self._set_up_schedule()
        fees = {
            "fees": [
                {"code": code, "description": text, "price": _usd(price)}
                for code, text, price in (
                    ("G0463", "Clinic visit", PRICE),
                    ("G2211", "Longitudinal care add-on", 1_600),
                )
            ]
        }
        self._call("PUT", OWNER, "/v1/fee-schedule", fees, if_match='"0"')
        payer = {"name": "Bay State Health Plan", "payer_id": "BSHP1", "filing_indicator": "CI"}
        self.ids["payer"] = self._post(OWNER, "/v1/payers", payer, status=201)["id"]

    def _set_up_practice(self) -> None:
        seen = self._answer("GET", OWNER, "/v1/practice")
        billing = {
            "legal_name": "Elm Street Clinic PC",
            "npi": "1234567893",
            "tin": "12-3456789",
            "taxonomy": "261QP2300X",
            "address": STREET,
            "contact_name": "Bill Biller",
            "contact_phone": "+15185550123",
        }
        self._call(
            "PATCH",
            OWNER,
            "/v1/practice",
            {"billing": billing, "phone": "+15185550100"},
            if_match=seen.etag,
        )
        location = {"name": "Elm Street", "time_zone": "America/New_York", "address": STREET}
        self.ids["location"] = self._post(OWNER, "/v1/locations", location, status=201)["id"]
        practitioner = {
            "family_name": "Osei",
            "given_name": "Kofi",
            "user_id": self.ids["clinician"],
            "npi": "1987654328",
            "taxonomy": "207Q00000X",
        }
        made = self._post(OWNER, "/v1/practitioners", practitioner, status=201)
        self.ids["practitioner"] = made["id"]

    def _set_up_schedule(self) -> None:
        room = {"name": "Room 1", "location_id": self.ids["location"]}
        self.ids["room"] = self._post(OWNER, "/v1/rooms", room, status=201)["id"]
        for name, bill_to in (("Office visit", "insurance"), ("Self-pay visit", "self_pay")):
            kind = {"name": name, "minutes": 30, "needs_room": True, "bill_to": bill_to}
            made = self._post(OWNER, "/v1/appointment-types", kind, status=201)
            self.ids[bill_to] = made["id"]
        rules = [
            {
                "weekday": weekday,
                "starts": "09:00",
                "ends": "17:00",
                "location_id": self.ids["location"],
                "effective_from": "2020-01-01",
            }
            for weekday in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        ]
        path = f"/v1/practitioners/{self.ids['practitioner']}/availability"
        self._call("PUT", OWNER, path, {"rules": rules}, if_match='"0"')

    def register(self) -> None:
        body = _person("Diaz", "Rosa", "rosa.diaz@example.com", "+15185550177")
        self.ids["patient"] = self._post(DESK, "/v1/patients", body, status=201)["id"]
        coverage = {
            "payer_id": self.ids["payer"],
            "payer_name": "Bay State Health Plan",
            "member_id": "W123456789",
            "relationship": "self",
            "priority": 1,
            "effective_from": "2024-01-01",
        }
        path = f"/v1/patients/{self.ids['patient']}/coverages"
        self.ids["coverage"] = self._post(DESK, path, coverage, status=201)["id"]

    def book(self) -> None:
        day = (self.api.now() + timedelta(days=3)).astimezone(ZONE).date()
        self.ids["appointment"] = self._booked("patient", "insurance", day.isoformat())

    def remind(self) -> None:
        self.api.advance_to(self._starts_at() - timedelta(hours=47, minutes=59))
        self.api.tick()
        self.api.settle()
        mails = self.api.mails_to("rosa.diaz@example.com")
        texts = self.api.texts_to("+15185550177")
        self._expect(len(texts) == 1, f"one reminder by SMS, not {len(texts)}")
        self._expect(not mails, f"none by e-mail beside it, not {len(mails)}")

    def check_in(self) -> None:
        self.api.advance_to(self._starts_at() - timedelta(minutes=10))
        path = f"/v1/appointments/{self.ids['appointment']}/check-in"
        self._post(DESK, path, None)
        copay = {"amount": _usd(COPAY), "method": "card", "purpose": "copay"}
        path = f"/v1/patients/{self.ids['patient']}/payments"
        payment = self._post(DESK, path, copay, status=201)
        self._expect(payment["unapplied"]["amount"] == COPAY, "the copay is unapplied")
        receipt = self._call("GET", DESK, f"{path}/{payment['id']}/receipt")
        self._expect(receipt["amount"]["amount"] == COPAY, "there is a receipt")
        self.api.settle()

    def write_note(self) -> None:
        self.ids["encounter"] = self._documented("patient", self.ids["appointment"])

    def sign(self) -> None:
        self._signed("patient", self.ids["encounter"])

    def claim(self) -> None:
        self.api.settle()
        rows = self._call("GET", BILLER, "/v1/claims?status=paid")["items"]
        self._expect(len(rows) == 1, f"one claim is paid, not {len(rows)}")
        self.ids["claim"] = rows[0]["id"]
        claim = self._call("GET", BILLER, f"/v1/claims/{rows[0]['id']}")
        states = [step["status"] for step in claim["steps"]]
        for state in ("ready", "submitted", "accepted", "paid"):
            self._expect(state in states, f"the claim was {state}: {states}")

    def ledger(self) -> None:
        path = f"/v1/patients/{self.ids['patient']}/account"
        account = self._call("GET", BILLER, path)
        types = {entry["type"] for entry in account["entries"]}
        for kind in ("insurance_payment", "contractual_adjustment", "patient_responsibility"):
            self._expect(kind in types, f"the ledger has a {kind}: {sorted(types)}")
        balance = account["balance"]
        self._expect(balance["insurance"]["amount"] == 0, "the payer owes nothing more")
        self._expect(balance["credit"]["amount"] == 0, "the copay was applied")

    def pay(self) -> None:
        path = f"/v1/patients/{self.ids['patient']}"
        due = self._call("GET", DESK, f"{path}/balance")["patient"]["amount"]
        if due:
            body = {"amount": _usd(due), "method": "cash"}
            self._post(DESK, f"{path}/payments", body, status=201)
        balance = self._call("GET", DESK, f"{path}/balance")
        amounts = {name: value["amount"] for name, value in balance.items()}
        self._expect(not any(amounts.values()), f"the balance is 0: {amounts}")
        self.api.settle()

    def self_pay(self) -> None:
        body = _person("Nguyễn", "Thu", "thu.nguyen@example.com", "+15185550178")
        self.ids["payer_of_self"] = self._post(DESK, "/v1/patients", body, status=201)["id"]
        day = self.api.now().astimezone(ZONE).date().isoformat()
        appointment = self._booked("payer_of_self", "self_pay", day)
        self._post(DESK, f"/v1/appointments/{appointment}/check-in", None)
        self.api.settle()
        encounter = self._documented("payer_of_self", appointment)
        self._signed("payer_of_self", encounter)
        self.api.settle()
        path = f"/v1/patients/{self.ids['payer_of_self']}"
        asked = {"encounter_id": encounter}
        invoice = self._post(DESK, f"{path}/invoices", asked, status=201)
        money = {"amount": invoice["open"], "method": "cash"}
        payment = self._post(DESK, f"{path}/payments", money, status=201)
        settled = self._call("GET", DESK, f"{path}/invoices/{invoice['id']}")
        self._expect(settled["status"] == "paid", "the invoice is paid")
        receipt = self._call("GET", DESK, f"{path}/payments/{payment['id']}/receipt")
        self._expect(receipt["amount"] == invoice["amount"], "the receipt is for all of it")
        superbill = self._call("GET", BILLER, f"{path}/encounters/{encounter}/superbill")
        self._expect(superbill["paid"] == superbill["total"], "the superbill says paid")
        self.api.settle()

    def dashboard(self) -> None:
        day = self.api.now().astimezone(ZONE).date().isoformat()
        shown = self._call("GET", BILLER, f"/v1/dashboard?from={day}&until={day}")
        totals = shown["totals"]
        self._expect(totals["completed"] == 2, f"two visits: {totals}")
        self._expect(totals["claims_paid"] == 1, f"one paid claim: {totals}")
        self._expect(totals["patient_paid"]["amount"] > PRICE, f"the patients' money: {totals}")
        self._expect(totals["insurance_paid"]["amount"] > 0, f"the payer's money: {totals}")

    # --- parts of steps --------------------------------------------------------------------------

    def _booked(self, patient: str, bill_to: str, day: str) -> str:
        query = (
            f"practitioner_id={self.ids['practitioner']}&type_id={self.ids[bill_to]}"
            f"&from={day}&until={day}&room_id={self.ids['room']}"
        )
        slots = self._call("GET", DESK, f"/v1/slots?{query}")["items"]
        self._expect(len(slots) > 0, f"there are slots on {day}")
        self.ids["starts_at"] = slots[0]["starts_at"]
        body = {
            "patient_id": self.ids[patient],
            "practitioner_id": self.ids["practitioner"],
            "location_id": self.ids["location"],
            "room_id": self.ids["room"],
            "type_id": self.ids[bill_to],
            "starts_at": slots[0]["starts_at"],
        }
        made = self._post(DESK, "/v1/appointments", body, status=201)
        self.api.settle()
        return str(made["id"])

    def _documented(self, patient: str, appointment: str) -> str:
        chart = self._call("GET", CLINICIAN, f"/v1/patients/{self.ids[patient]}/chart")
        own = [each for each in chart["encounters"] if each["appointment_id"] == appointment]
        self._expect(len(own) == 1, "check-in made one encounter")
        path = f"/v1/patients/{self.ids[patient]}/encounters/{own[0]['id']}"
        self._write(path)
        return str(own[0]["id"])

    def _write(self, path: str) -> None:
        seen = self._answer("GET", CLINICIAN, path)
        note = {"template": "soap_general", "content": SOAP}
        note_etag = f'"{seen.json["note"]["version"]}"'
        self._call("PUT", CLINICIAN, f"{path}/note", note, if_match=note_etag)
        codes = {
            "diagnoses": [{"code": "M54.50"}, {"code": "I10"}],
            "procedures": [
                {"code": "G0463", "units": 1, "pointers": [1, 2]},
                {"code": "G2211", "units": 1, "pointers": [2]},
            ],
        }
        self._call("PUT", CLINICIAN, path, codes, if_match=seen.etag)

    def _signed(self, patient: str, encounter: str) -> None:
        path = f"/v1/patients/{self.ids[patient]}/encounters/{encounter}"
        seen = self._call("GET", CLINICIAN, path)
        versions = {
            "expected_version": seen["version"],
            "expected_note_version": seen["note"]["version"],
        }
        signed = self._post(CLINICIAN, f"{path}/sign", versions)
        self._expect(signed["status"] == "signed", "the encounter is signed")

    def _starts_at(self) -> datetime:
        return datetime.fromisoformat(self.ids["starts_at"])

    def _mailed(self, address: str) -> str:
        mails = "\n".join(self.api.mails_to(address))
        secrets = re.findall(r"lnk_[0-9A-Z]{26}\.[0-9a-f]{64}", mails)
        self._expect(bool(secrets), f"a link was mailed to {address}")
        return secrets[-1]

    def _post(self, who: str, path: str, body: Any, *, status: int = 200) -> Any:
        return self._call("POST", who, path, body, status=status)

    def _call(
        self,
        method: str,
        who: str,
        path: str,
        body: Any = None,
        *,
        status: int = 200,
        if_match: str = "",
    ) -> Any:
        return self._answer(method, who, path, body, status=status, if_match=if_match).json

    def _answer(
        self,
        method: str,
        who: str,
        path: str,
        body: Any = None,
        *,
        status: int = 200,
        if_match: str = "",
    ) -> Answer:
        headers = {"If_Match": if_match} if if_match else {}
        token = self._token(who) if who else ""
        answer = self.api.call(method, path, body, token=token, **headers)
        self._expect(answer.status == status, f"{method} {path}: {answer.status} {answer.text}")
        return answer

    def _token(self, who: str) -> str:
        """Signs in anew where the session is over, as a person would."""
        token = self._tokens.get(who, "")
        if not token or self.api.call("GET", "/v1/me", token=token).status != 200:
            body = {"email": who, "password": PASSWORD}
            answer = self.api.call("POST", "/v1/sessions", body)
            self._expect(answer.status == 201, f"{who} signs in: {answer.text}")
            token = self._tokens[who] = answer.json["access_token"]
        return token

    @staticmethod
    def _expect(holds: bool, what: str) -> None:
        if not holds:
            raise Failed(what)


def _person(family: str, given: str, email: str, phone: str) -> dict[str, Any]:
    return {
        "name": {"family": family, "given": given},
        "birth_date": "1984-02-29",
        "sex": "female",
        "addresses": [HOME],
        "phones": [{"number": phone, "use": "mobile"}],
        "email": email,
        "consents": {"email": True, "sms": True},
    }


def _usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}
