"""The demo practice: four weeks of a small clinic, played through the API at their own time.

The clock starts four weeks back and moves day by day; events are carried by the same pump as ever.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

from chalicelib.platform.clock import SystemClock
from chalicelib.platform.runtime import install, runtime
from chalicelib.practices.capabilities import Capability
from infra.ops import clear

from .demo_data import CLINICIANS, FEES, PAYERS, SEED, TYPES, demo_patients, note_for
from .founding import STREET, ZONE
from .http_api import HttpAnswer, HttpApi, ShiftedClock
from .people import PASSWORD, Failed
from .stack import Stack

OWNER, DESK, BILLER = (f"{name}@demo.example" for name in ("owner", "desk", "biller"))
PATIENTS, DAYS_BACK, DAYS_AHEAD = 150, 28, 14
SEEN_A_DAY, PLANNED_A_DAY = 12, 16
NPIS = ("1987654328", "1234567893", "1003000126", "1003000134")


def seed(stack: Stack) -> None:
    """Fill an empty system through its API; shows how far it is."""
    clock = ShiftedClock(-timedelta(days=DAYS_BACK, hours=6))
    live = runtime()
    install(live.authenticate, live.tenant_of, clock=clock)
    try:
        with stack.pump.holding("audit_queue"):
            Demo(HttpApi(stack, clock), Progress()).play(clock.now())
    finally:
        install(live.authenticate, live.tenant_of, clock=SystemClock())


def sign_in(stack: Stack) -> list[str]:
    """The lines that say how to sign in, and a request to try."""
    curl = f"curl -s {stack.url}/v1/sessions -H 'Content-Type: application/json' -d"
    return [
        "  Sign in    one of these, password: " + PASSWORD,
        f"             {OWNER} (owner), {DESK} (front desk), {BILLER} (biller),",
        "             " + ", ".join(_clinician(n) for n in range(len(CLINICIANS))),
        "",
        "  Try        TOKEN=$(" + curl,
        f'               \'{{"email": "{DESK}", "password": "{PASSWORD}"}}\'',
        """               | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')""",
        f'             curl -s {stack.url}/v1/patients/search -H "Authorization: Bearer $TOKEN" \\',
        "               -H 'Content-Type: application/json' -d '{\"name\": \"sm\"}'",
    ]


class Progress:
    """A bar on one line."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def show(self, done: float, what: str) -> None:
        filled = round(done * 30)
        bar = "█" * filled + "·" * (30 - filled)
        seconds = time.monotonic() - self._began
        line = f"\r  demo practice  {bar} {done:4.0%}  {seconds:3.0f} s  {what:<24}"
        end = "\n" if done >= 1 else ""
        print(line, end=end, file=sys.stderr, flush=True)


@dataclass
class Demo:
    """The clinic's people and places, as they come to be."""

    api: HttpApi
    progress: Progress
    random: Random = field(default_factory=lambda: Random(SEED))
    location: str = ""
    practitioners: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    payers: list[str] = field(default_factory=list)
    patients: list[str] = field(default_factory=list)
    self_payers: set[str] = field(default_factory=set)
    absent: list[str] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)

    def play(self, start: datetime) -> None:
        self._set_up()
        self._register()
        first = start.astimezone(ZONE).date() + timedelta(days=1)
        days = [first + timedelta(days=n) for n in range(DAYS_BACK + DAYS_AHEAD)]
        days = [day for day in days if day.weekday() < 5]
        today = start.astimezone(ZONE).date() + timedelta(days=DAYS_BACK)
        for number, day in enumerate(days):
            self.progress.show(0.25 + 0.75 * number / len(days), f"{day:%a %d %b %Y}")
            if day > today:
                list(self._book_day(day, PLANNED_A_DAY))
            else:
                self._play_day(day)
        self.api.settle()
        self.progress.show(1.0, "")

    # --- the practice ----------------------------------------------------------------------------

    def _set_up(self) -> None:
        self.progress.show(0.0, "signing up")
        self._post(
            "",
            "/v1/practices",
            {
                "practice_name": "Elm Street Clinic",
                "country": "US",
                "time_zone": "America/New_York",
                "currency": "USD",
                "locale": "en-US",
                "name": "Olive Owner",
                "email": OWNER,
                "password": PASSWORD,
            },
        )
        self.api.settle()
        self._post("", "/v1/practices/verify", {"token": self.api.mailed_secret(OWNER)})
        self._accept_agreement()
        self._join(DESK, "Dee Desk", ["front_desk"])
        self._join(BILLER, "Bill Biller", ["biller"])
        self._set_up_billing()
        self._clear()
        self._set_up_places()
        for number, (family, given, taxonomy) in enumerate(CLINICIANS):
            self._add_clinician(number, family, given, taxonomy)

    def _accept_agreement(self) -> None:
        shown = self._call("GET", OWNER, "/v1/agreements").json["items"][-1]
        accepted = {"agreement": shown["version"], "sha256": shown["sha256"]}
        self._post(OWNER, "/v1/agreements/accept", accepted)

    def _clear(self) -> None:
        """Operations verify the practice for all there is."""
        practice = self._call("GET", OWNER, "/v1/me").json["practice_id"]
        decided = ["--by", "Vera Vendor", "--licence", "NY 123456"]
        with redirect_stdout(StringIO()):
            clear.run([practice, *Capability, *decided])

    def _set_up_billing(self) -> None:
        billing = {
            "legal_name": "Elm Street Clinic PC",
            "npi": NPIS[1],
            "tin": "12-3456789",
            "taxonomy": "261QP2300X",
            "address": STREET,
            "contact_name": "Bill Biller",
            "contact_phone": "+15185550123",
        }
        seen = self._call("GET", OWNER, "/v1/practice")
        change = {"billing": billing, "phone": "+15185550100"}
        self._call("PATCH", OWNER, "/v1/practice", change, If_Match=seen.etag)
        fees = [
            {"code": code, "description": text, "price": _usd(price)} for code, text, price in FEES
        ]
        self._call("PUT", OWNER, "/v1/fee-schedule", {"fees": fees}, If_Match='"0"')
        for name, payer_id, indicator in PAYERS:
            body = {"name": name, "payer_id": payer_id, "filing_indicator": indicator}
            self.payers.append(self._post(BILLER, "/v1/payers", body)["id"])

    def _set_up_places(self) -> None:
        body = {"name": "Elm Street", "time_zone": "America/New_York", "address": STREET}
        self.location = self._post(OWNER, "/v1/locations", body)["id"]
        for number in range(len(CLINICIANS)):
            room = {"name": f"Room {number + 1}", "location_id": self.location}
            self.rooms.append(self._post(OWNER, "/v1/rooms", room)["id"])
        for name, minutes, bill_to, code in TYPES:
            kind = {"name": name, "minutes": minutes, "bill_to": bill_to, "price_code": code}
            self.types.append(self._post(OWNER, "/v1/appointment-types", kind)["id"])

    def _add_clinician(self, number: int, family: str, given: str, taxonomy: str) -> None:
        user = self._join(_clinician(number), f"{given} {family}", ["clinician"])
        body = {
            "family_name": family,
            "given_name": given,
            "user_id": user,
            "npi": NPIS[number],
            "taxonomy": taxonomy,
        }
        practitioner = self._post(OWNER, "/v1/practitioners", body)["id"]
        self.practitioners.append(practitioner)
        rules = [
            {
                "weekday": weekday,
                "starts": "08:00",
                "ends": "17:00",
                "location_id": self.location,
                "effective_from": "2020-01-01",
            }
            for weekday in ("mon", "tue", "wed", "thu", "fri")
        ]
        path = f"/v1/practitioners/{practitioner}/availability"
        self._call("PUT", OWNER, path, {"rules": rules}, If_Match='"0"')

    def _join(self, email: str, name: str, roles: list[str]) -> str:
        body = {"email": email, "name": name, "roles": roles}
        member = self._post(OWNER, "/v1/members", body)
        self.api.settle()
        accepted = {"token": self.api.mailed_secret(email), "password": PASSWORD}
        self._post("", "/v1/invitations/accept", accepted)
        return str(member["user_id"])

    def _register(self) -> None:
        people = demo_patients(PATIENTS)
        for number, person in enumerate(people):
            if number % 10 == 0:
                self.progress.show(0.05 + 0.2 * number / PATIENTS, "registering patients")
            patient = self._post(DESK, "/v1/patients", person.body)["id"]
            self.patients.append(patient)
            if person.member_id is None:
                self.self_payers.add(patient)
                continue
            unknown = person.member_id.startswith("NOPAYER")
            coverage = {
                "payer_id": "pyr_not_set_up_yet" if unknown else self.payers[person.payer],
                "payer_name": PAYERS[person.payer][0],
                "member_id": person.member_id,
                "relationship": "self",
                "effective_from": "2024-01-01",
            }
            self._post(DESK, f"/v1/patients/{patient}/coverages", coverage)

    # --- its days --------------------------------------------------------------------------------

    def _play_day(self, day: date) -> None:
        """Book, see, document and bill a past day; what came in after is carried."""
        self.api.advance_to(datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=7))
        self._tokens.clear()
        visits = list(self._book_day(day, SEEN_A_DAY))
        seen = [visit for visit in visits if self._arrives(visit)]
        self.api.settle()
        for visit in seen:
            self._document(visit)
        self.api.advance_to(datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=17))
        self.api.settle()
        self._tokens.clear()
        while self.absent:
            self._post(DESK, f"/v1/appointments/{self.absent.pop()}/no-show", None)
        for visit in seen:
            self._take_rest(visit)

    def _book_day(self, day: date, visits: int) -> Iterator[dict[str, Any]]:
        """A day of appointments; a clash is somebody else's slot, and is left."""
        for number in range(visits):
            who = number % len(CLINICIANS)
            patient = self.random.choice(self.patients)
            kind = 3 if patient in self.self_payers else self.random.randrange(3)
            start = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(
                hours=8 + 2 * (number // 4), minutes=self.random.choice((0, 15, 30, 45))
            )
            body = {
                "patient_id": patient,
                "practitioner_id": self.practitioners[who],
                "location_id": self.location,
                "room_id": self.rooms[who],
                "type_id": self.types[kind],
                "starts_at": start.isoformat(),
            }
            answer = self._call("POST", DESK, "/v1/appointments", body, status=(201, 409))
            if answer.status == 201:
                yield {**answer.json, "clinician": who, "code": TYPES[kind][3]}

    def _arrives(self, visit: dict[str, Any]) -> bool:
        fate = self.random.random()
        path = f"/v1/appointments/{visit['id']}"
        if fate < 0.06:
            self.absent.append(visit["id"])
        elif fate < 0.12:
            self._post(DESK, f"{path}/cancel", {"reason": "pat"})
        else:
            self._post(DESK, f"{path}/check-in", None)
            if visit["bill_to"] == "insurance" and self.random.random() < 0.7:
                self._pay(visit["patient_id"], 2_000, "copay")
            return True
        return False

    def _document(self, visit: dict[str, Any]) -> None:
        who = _clinician(visit["clinician"])
        chart = self._call("GET", who, f"/v1/patients/{visit['patient_id']}/chart").json
        encounter = next(e for e in chart["encounters"] if e["appointment_id"] == visit["id"])
        path = f"/v1/patients/{visit['patient_id']}/encounters/{encounter['id']}"
        note, code = note_for(self.random)
        saved = self._call("PUT", who, f"{path}/note", note, If_Match='"1"').json
        procedures = [{"code": visit["code"], "units": 1, "pointers": [1]}]
        if self.random.random() < 0.3:
            procedures.append({"code": "G2211", "units": 1, "pointers": [1]})
        codes = {"diagnoses": [{"code": code}], "procedures": procedures}
        version = f'"{encounter["version"]}"'
        coded = self._call("PUT", who, path, codes, If_Match=version).json
        if self.random.random() < 0.05:
            return  # the clinician has not got round to signing
        versions = {
            "expected_version": coded["version"],
            "expected_note_version": saved["version"],
        }
        self._post(who, f"{path}/sign", versions)

    def _take_rest(self, visit: dict[str, Any]) -> None:
        """Most patients pay what is theirs once it is known."""
        patient = visit["patient_id"]
        if self.random.random() < 0.6:
            balance = self._call("GET", DESK, f"/v1/patients/{patient}/balance").json
            if balance["patient"]["amount"] > 0:
                self._pay(patient, balance["patient"]["amount"], "balance")

    def _pay(self, patient: str, amount: int, purpose: str) -> None:
        body = {"amount": _usd(amount), "method": "card", "purpose": purpose}
        self._post(DESK, f"/v1/patients/{patient}/payments", body)

    # --- calls -----------------------------------------------------------------------------------

    def _post(self, who: str, path: str, body: Any) -> Any:
        return self._call("POST", who, path, body, status=(200, 201)).json

    def _call(
        self,
        method: str,
        who: str,
        path: str,
        body: Any = None,
        *,
        status: tuple[int, ...] = (200,),
        **headers: str,
    ) -> HttpAnswer:
        answer = self.api.call(method, path, body, token=self._token(who), **headers)
        if answer.status == 401 and who:
            self._tokens.pop(who)
            answer = self.api.call(method, path, body, token=self._token(who), **headers)
        if answer.status not in status:
            raise Failed(f"{method} {path}: {answer.status} {answer.text}")
        return answer

    def _token(self, who: str) -> str:
        if not who:
            return ""
        if who not in self._tokens:
            body = {"email": who, "password": PASSWORD}
            self._tokens[who] = self.api.call("POST", "/v1/sessions", body).json["access_token"]
        return self._tokens[who]


def _clinician(number: int) -> str:
    return f"{CLINICIANS[number][1].lower()}@demo.example"


def _usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}
