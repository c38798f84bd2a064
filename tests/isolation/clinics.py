"""Two whole practices, made through the API: every kind of record, members of every role."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.identity.links import link_token
from chalicelib.identity.models import Link
from chalicelib.identity.permissions import FOR_MACHINES, Role
from chalicelib.messaging.video_tokens import VideoToken
from chalicelib.messaging.visit_tokens import VisitToken
from chalicelib.operations.models import APPROVED, OPENED, Recovery
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import UnitOfWork, system_scope
from chalicelib.waitlist.offer_tokens import OfferToken
from tests import tables
from tests.builders.authenticator import Authenticator
from tests.builders.clinical import SOAP, codes
from tests.builders.factors import App, enrol_passkey, enrol_totp, first_step
from tests.builders.identity_provider import CLIENT_ID, SECRET, code_for, state_in
from tests.builders.leaving import leave
from tests.builders.online import code_sent_to, solved
from tests.builders.operations import operator
from tests.builders.packs import make_pack
from tests.builders.patients import coverage, registration
from tests.builders.tasks import want_task
from tests.isolation.actors import API_CLIENT, OPERATOR, SCOPED_CLIENT, SCOPES
from tests.world import ADDRESS, PASSWORD, Answered, World, accept_agreement, clear, step_up

ID = re.compile(r"\b[a-z]{3}_[0-9A-Z]{16,26}\b")
INTEGRATOR = "integrator"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SOON, LATER = "2026-03-02T09:05:00-05:00", "2026-03-09T10:00:00-04:00"
NEXT_DAY = "2026-03-03T10:00:00-05:00"
NOW, DEVICE = "2026-03-02T09:15:00-05:00", "d" * 32
WAITING = "2026-03-02T10:00:00-05:00"
SIX_MONTHS = {"count": 6, "unit": "months"}
HELD, IN_A_GROUP = "2026-03-03T11:00:00-05:00", "2026-03-03T16:00:00-05:00"
OFFERED, OTHER_OFFERED = "2026-03-03T12:00:00-05:00", "2026-03-03T12:30:00-05:00"


@dataclass
class Clinic:
    """A practice: `ids` by the name that a path parameter has, `tokens` by role.

    What `ids` calls `other_…_id` lies under `other_patient_id`. `mark` is in every name.
    """

    world: World
    mark: str
    npi: str
    ids: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """One request by the member of this role; by nobody for `""`."""
        return self.world.call(method, path, body, token=self.tokens.get(role, ""), **headers)

    def own(self, role: str, ids: Mapping[str, str]) -> dict[str, str]:
        """What the member of this role has of their own, where `ids` has it as it was built."""
        names = ("session_id",)
        return {
            name: self.ids[f"{role}_{name}"]
            for name in names
            if f"{role}_{name}" in self.ids and ids.get(name) == self.ids[name]
        }

    def email(self, role: str) -> str:
        return f"{role}@{self.mark}.example".lower()

    def sign_in(self, role: str, *, email: str = "") -> dict[str, Any]:
        """A session; its access token is the role's from here on."""
        body = {"email": email or self.email(role), "password": PASSWORD}
        session: dict[str, Any] = self.done(201, "", "POST", "/v1/sessions", body).json
        self.tokens[role] = session["access_token"]
        self.ids["session_id"] = self.ids[f"{role}_session_id"] = session["session_id"]
        return session

    def done(
        self, status: int, role: str, method: str, path: str, body: Any = None, **headers: str
    ) -> Answered:
        """A request that is answered with `status`."""
        answer = self.call(role, method, path, body, **headers)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.text}"
        return answer

    def made(self, role: str, path: str, body: Any) -> str:
        """The id of what a POST made."""
        made: str = self.done(201, role, "POST", path, body).json["id"]
        return made

    def owns(self, row: tables.Row) -> bool:
        """It lies in the practice's partitions, is in its indexes, or tells of it or its people."""
        prefix, text = f"{self.ids['practice_id']}#", str(row)
        keys = [row.get(name, {}).get("S", "") for name in ("pk", "gs1pk", "gs2pk")]
        ours = any(own in text for own in self.ids.values() if ID.fullmatch(own))
        return any(key.startswith(prefix) for key in keys) or (keys[0].startswith("sys#") and ours)

    def shows_in(self, answer: Answered) -> bool:
        """Whether an answer tells anything of this practice."""
        own = (each for each in self.ids.values() if ID.fullmatch(each))
        return self.mark.lower() in answer.text.lower() or any(each in answer.text for each in own)


@dataclass
class Clinics:
    """Practice `a`, from which tests reach out, and `b`, which nobody must reach."""

    world: World
    a: Clinic
    b: Clinic

    @contextmanager
    def undone(self) -> Iterator[tables.Image]:
        """What is stored meanwhile is forgotten; nothing of `b` may change."""
        kept = tables.image()
        try:
            yield kept
            assert touched(self.b, since=kept) == []
        finally:
            tables.put_back(kept)


def touched(clinic: Clinic, *, since: tables.Image) -> list[tables.Row]:
    """What is stored of a practice, where it is not what was stored before."""
    return [
        now or before or {}
        for before, now in tables.changed_since(since)
        if any(row is not None and clinic.owns(row) for row in (before, now))
    ]


def changed_kinds(since: tables.Image) -> list[str]:
    """The kinds of what is stored otherwise than before; an entry's amendment is of the audit."""
    kinds = {(now or before)["kind"]["S"] for before, now in tables.changed_since(since)}
    return sorted({kind.removesuffix("_amendment") for kind in kinds})


def gist(answer: Answered) -> tuple[int, str]:
    """What an answer says; ids and numbers made from ids do not count."""
    text = re.sub(r'"request_id": ?"[^"]*"', "", answer.text)
    return answer.status, re.sub(r"\b[RI]-[0-9A-Z]{8}\b", "", ID.sub("", text))


def build_clinics(start: datetime) -> Clinics:
    """Both practices, at `start` and a few minutes, all events carried."""
    world = World(start)
    both = [Clinic(world, "Alder", "1234567893"), Clinic(world, "Birch", "1245319599")]
    for clinic in both:
        _people(clinic)
        _places(clinic)
        _money(clinic)
        _patient(clinic, "", payer_id=clinic.ids["payer_id"])
        _patient(clinic, "other_", payer_id="pyr_00000000000000000000000000")
        _appointments(clinic)
        _video_visit(clinic)
        _feeds(clinic)
    world.pump()
    for clinic in both:
        _accounts(clinic)
    world.clock.advance(minutes=6)
    world.pump()
    for clinic in both:
        _claims(clinic)
        sessions = [clinic.sign_in(role) for role in Role]
        for session in sessions:
            step_up(world, session["access_token"])
        offered = {"user_id": clinic.ids["manager_id"]}
        clinic.done(201, Role.OWNER, "POST", "/v1/practice/ownership-offer", offered)
        _tasks(clinic)
        _restricted(clinic)
        _psychotherapy(clinic)
        clinic.ids["refresh_token"] = sessions[-1]["refresh_token"]
        _factors(clinic)
        clinic.ids["nurse_session_id"] = sessions[-1]["session_id"]
        clinic.done(200, Role.NURSE, "POST", "/v1/patients/search", {"name": "ros"})
        clinic.ids["export_id"] = clinic.made(Role.OWNER, "/v1/exports", None)
        _operators(clinic)
        _missed(clinic)
    world.pump()
    for clinic in both:
        _operations(clinic)
        clinic.ids["asked_export_id"] = clinic.made(Role.MANAGER, "/v1/exports", None)
        hold = {"reason": "A suit", "patient_id": clinic.ids["patient_id"]}
        clinic.ids["hold_id"] = clinic.made(Role.OWNER, "/v1/legal-holds", hold)
        clinic.ids["slot_hold_id"] = clinic.made(Role.NURSE, "/v1/slot-holds", _hold(clinic))
        _waitlist(clinic)
        _online(clinic)
        _downtime(clinic)
        clinic.ids |= leave(clinic.ids, f"{clinic.mark} Clinic")
    return Clinics(world, *both)


def _operators(clinic: Clinic) -> None:
    """Two of the vendor's people, one of whom has created another practice."""
    mark, ids = clinic.mark.lower(), clinic.ids
    second = operator(clinic.world, f"second-operator@{mark}.example")
    ids["second_operator_id"] = clinic.world.call("GET", "/v1/me", token=second).json["user_id"]
    clinic.tokens[OPERATOR] = operator(clinic.world, f"operator@{mark}.example")
    founded = {**_sign_up(clinic, "third-owner")}
    del founded["password"]
    ids["suspended_practice_id"] = clinic.made(OPERATOR, "/v1/operations/practices", founded)


def _operations(clinic: Clinic) -> None:
    """A suspended practice, support grants asked for and open, and recoveries in every state."""
    ids = clinic.ids
    path = f"/v1/operations/practices/{ids['suspended_practice_id']}/suspend"
    clinic.done(200, OPERATOR, "POST", path, {"reason": "unpaid"})
    asked = {"practice_id": ids["practice_id"], "reason": "a ticket"}
    for name in ("grant_id", "open_grant_id"):
        ids[name] = clinic.made(OPERATOR, "/v1/operations/support-grants", asked)
    clinic.done(200, Role.OWNER, "POST", f"/v1/support-grants/{ids['open_grant_id']}/consent")
    me = clinic.done(200, Role.OWNER, "GET", "/v1/me").json
    ids["owner_id"] = me["user_id"]
    _recoveries(clinic)


def _recoveries(clinic: Clinic) -> None:
    """Opened by the second operator; approved two days ago; and one that a mailed link can stop."""
    now, work, ids = clinic.world.clock.now(), UnitOfWork(), clinic.ids
    for name, status in (
        ("manager_id", OPENED),
        ("biller_id", APPROVED),
        ("front_desk_id", APPROVED),
    ):
        work.create(
            Recovery(
                *Recovery.key(ids[name]),
                practice_id=ids["practice_id"],
                evidence="case 1",
                opened_by=ids["second_operator_id"],
                opened_at=now - timedelta(days=3),
                approved_at=now - timedelta(days=2),
                status=status,
            )
        )
    link = Link(
        *Link.key(runtime().ids.new("lnk")),
        purpose="cancel_recovery",
        user_id=ids["front_desk_id"],
        practice_id=ids["practice_id"],
        ends_at=now + timedelta(days=1),
    )
    work.create(link)
    with system_scope():
        work.commit()
    ids["recovery_token"] = link_token(link.id)


def sign_in_by_provider(clinic: Clinic, issuer: str) -> None:
    """The practice has an identity provider, by which its owner is about to sign in."""
    domain = clinic.email(Role.OWNER).partition("@")[2]
    body = {"issuer": issuer, "client_id": CLIENT_ID, "client_secret": SECRET}
    path = "/v1/practice/identity-provider"
    provider = {**body, "email_domain": domain}
    clinic.done(200, Role.OWNER, "PUT", path, provider, If_Match='"0"')
    asked = {"practice_id": clinic.ids["practice_id"]}
    begun = clinic.done(200, "", "POST", "/v1/sessions/oidc", asked).json
    url, now = begun["authorization_url"], clinic.world.clock.now()
    clinic.ids["provider_code"] = code_for(url, now, email=clinic.email(Role.OWNER))
    clinic.ids["provider_state"] = state_in(url)
    clinic.ids["provider_handle"] = begun["handle"]


def _factors(clinic: Clinic) -> None:
    """The nurse has an app and a passkey, is about to add others, and has begun to sign in."""
    world, ids, token = clinic.world, clinic.ids, clinic.tokens[Role.NURSE]
    ids["recovery_code"] = enrol_totp(world, token).recovery_codes[0]
    enrol_passkey(world, token)
    ids["passkey_id"] = clinic.done(200, Role.NURSE, "GET", "/v1/me/factors").json["passkeys"][0][
        "id"
    ]
    begun = clinic.done(201, Role.NURSE, "POST", "/v1/me/factors", {"method": "totp"}).json
    ids["app_challenge"] = begun["challenge"]
    ids["app_code"] = App(world, begun["secret"]).code()
    begun = clinic.done(201, Role.NURSE, "POST", "/v1/me/factors", {"method": "passkey"}).json
    ids["passkey_challenge"] = begun["challenge"]
    ids["passkey_credential"] = Authenticator().create(begun["public_key"])
    ids["sign_in_challenge"] = first_step(world, clinic.email(Role.NURSE))["challenge"]
    asked = {"email": clinic.email(Role.CLINICIAN)}
    clinic.done(204, "", "POST", "/v1/passwords/reset-request", asked)
    ids["reset_token"] = _mailed(clinic)


def _webhook(clinic: Clinic, which: str) -> None:
    """It wants what does not happen here, and has one message that nobody takes: it is at version 2."""
    wanted = {"url": f"https://localhost:1/{clinic.mark}", "events": ["appointment.no_show"]}
    webhook = clinic.ids[f"{which}webhook_id"] = clinic.made(Role.OWNER, "/v1/webhooks", wanted)
    clinic.done(204, Role.OWNER, "POST", f"/v1/webhooks/{webhook}/test")
    sent = clinic.done(200, Role.OWNER, "GET", f"/v1/webhooks/{webhook}/deliveries").json
    clinic.ids[f"{which}message_id"] = sent["items"][0]["id"]


def _people(clinic: Clinic) -> None:
    clinic.ids["practice_id"] = clinic.made("", "/v1/practices", _sign_up(clinic, Role.OWNER))
    token = {"token": _mailed(clinic)}
    clinic.done(200, "", "POST", "/v1/practices/verify", token)
    clinic.ids["owner_email"] = clinic.email(Role.OWNER)
    step_up(clinic.world, clinic.sign_in(Role.OWNER)["access_token"])
    accept_agreement(clinic.world, clinic.tokens[Role.OWNER])
    for role in (role for role in Role if role != Role.OWNER):
        clinic.ids[f"{role}_id"] = _invited(clinic, role)
        accepted = {"token": _mailed(clinic), "password": PASSWORD}
        clinic.done(200, "", "POST", "/v1/invitations/accept", accepted)
        clinic.sign_in(role)
    clinic.ids["user_id"] = clinic.ids["front_desk_id"]
    _keys(clinic)
    _webhook(clinic, "")
    _webhook(clinic, "other_")
    clinic.ids["role_id"] = clinic.made(Role.OWNER, "/v1/roles", _role(clinic))
    suspended = clinic.ids["suspended_user_id"] = _invited(clinic, "third-nurse")
    accepted = {"token": _mailed(clinic), "password": PASSWORD}
    clinic.done(200, "", "POST", "/v1/invitations/accept", accepted)
    clinic.done(200, Role.OWNER, "POST", f"/v1/members/{suspended}/suspend")
    left = clinic.ids["left_user_id"] = _invited(clinic, "fourth-nurse")
    accepted = {"token": _mailed(clinic), "password": PASSWORD}
    clinic.done(200, "", "POST", "/v1/invitations/accept", accepted)
    clinic.done(200, Role.OWNER, "POST", f"/v1/members/{left}/leave", {})
    clinic.ids["invited_user_id"] = _invited(clinic, "second-nurse")
    clinic.ids["invitation_token"] = _mailed(clinic)
    clinic.made("", "/v1/practices", _sign_up(clinic, "second-owner"))
    clinic.ids["verification_token"] = _mailed(clinic)


def _keys(clinic: Clinic) -> None:
    """The owner's key for a few things, and one for all that a key may do, of somebody who may."""
    both = {"email": clinic.email(INTEGRATOR), "name": f"Ida {clinic.mark}"}
    clinic.done(201, Role.OWNER, "POST", "/v1/members", {**both, "roles": ["manager", "clinician"]})
    accepted = {"token": _mailed(clinic), "password": PASSWORD}
    clinic.done(200, "", "POST", "/v1/invitations/accept", accepted)
    step_up(clinic.world, clinic.sign_in(INTEGRATOR)["access_token"])
    ends = "2026-09-01T00:00:00Z"
    for actor, maker, scopes in (
        (SCOPED_CLIENT, Role.OWNER, SCOPES),
        (API_CLIENT, INTEGRATOR, FOR_MACHINES),
    ):
        key = {"name": f"{clinic.mark} lab", "scopes": sorted(scopes), "ends_at": ends}
        made = clinic.done(201, maker, "POST", "/v1/api-keys", key).json
        clinic.ids[f"{actor}_key_id"], clinic.tokens[actor] = made["id"], made["token"]
        clinic.done(200, actor, "GET", "/v1/appointment-types")
    clinic.ids["key_id"] = clinic.ids[f"{SCOPED_CLIENT}_key_id"]


def _sign_up(clinic: Clinic, role: str) -> dict[str, str]:
    return {
        "practice_name": f"{clinic.mark} Clinic",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": f"Olive {clinic.mark}",
        "email": clinic.email(role),
        "password": PASSWORD,
    }


def _role(clinic: Clinic) -> dict[str, Any]:
    return {"name": f"{clinic.mark} greeter", "permissions": ["read_patients", "read_schedule"]}


def _invited(clinic: Clinic, person: str) -> str:
    """Someone of the role that comes last in how they are called."""
    role = person.rpartition("-")[2]
    body = {"email": clinic.email(person), "name": f"Nia {clinic.mark}", "roles": [role]}
    user: str = clinic.done(201, Role.OWNER, "POST", "/v1/members", body).json["user_id"]
    return user


def _mailed(clinic: Clinic) -> str:
    """The secret of the newest link."""
    links = [key[0].split("#")[2] for key in tables.rows() if key[0].startswith("sys#link#")]
    return link_token(max(links))


def _places(clinic: Clinic) -> None:
    ids, mark = clinic.ids, clinic.mark
    place = {"name": f"{mark} Street", "time_zone": "America/New_York", "address": ADDRESS}
    ids["location_id"] = clinic.made(Role.OWNER, "/v1/locations", place)
    practitioner = {
        "family_name": mark,
        "given_name": "Kofi",
        "user_id": ids["clinician_id"],
        "npi": "1987654328",
        "taxonomy": "207Q00000X",
    }
    ids["practitioner_id"] = clinic.made(Role.OWNER, "/v1/practitioners", practitioner)
    room = {"name": f"{mark} 1", "location_id": ids["location_id"]}
    ids["room_id"] = clinic.made(Role.OWNER, "/v1/rooms", room)
    device = {"name": f"{mark} ECG", "of_kind": "ecg", "location_id": ids["location_id"]}
    ids["equipment_id"] = clinic.made(Role.OWNER, "/v1/equipment", device)
    kind = {"name": f"{mark} visit", "minutes": 30, "online": "everybody"}
    form = {"name": f"{mark} history", "of_kind": "intake"}
    ids["form_id"] = clinic.made(Role.OWNER, "/v1/forms", form)
    ids["type_id"] = clinic.made(Role.OWNER, "/v1/appointment-types", kind)
    hours = {
        "starts": "09:00",
        "ends": "17:00",
        "location_id": ids["location_id"],
        "effective_from": "2026-01-01",
    }
    path = f"/v1/practitioners/{ids['practitioner_id']}/availability"
    rules = {"rules": [{"weekday": day, **hours} for day in WEEK]}
    clinic.done(200, Role.OWNER, "PUT", path, rules, If_Match='"0"')


def _feeds(clinic: Clinic) -> None:
    ids, mark = clinic.ids, clinic.mark
    another = {"family_name": f"{mark} Other", "given_name": "Yaw"}
    ids["other_practitioner_id"] = clinic.made(Role.OWNER, "/v1/practitioners", another)
    for owner in ("practitioner", "patient"):
        for prefix in ("", "other_"):
            path = f"/v1/{owner}s/{ids[f'{prefix}{owner}_id']}/calendar-feeds"
            made = clinic.done(201, Role.MANAGER, "POST", path, {}).json
            ids[f"{prefix}{owner}_feed_id"] = made["id"]
            ids.setdefault("secret", made["url"].rpartition("/")[2])


def _money(clinic: Clinic) -> None:
    billing = {
        "legal_name": f"{clinic.mark} Clinic PC",
        "npi": clinic.npi,
        "tin": f"12-3{clinic.npi[:6]}",
        "taxonomy": "261QP2300X",
        "address": ADDRESS,
        "contact_name": f"Bill {clinic.mark}",
        "contact_phone": "+15185550123",
    }
    clinic.done(200, Role.OWNER, "PATCH", "/v1/practice", {"billing": billing}, If_Match='"4"')
    clear(clinic.world, clinic.tokens[Role.OWNER], "claims", "sms")
    fee = {
        "code": "G0463",
        "description": "Clinic hour",
        "price": {"amount": 9_000, "currency": "USD"},
    }
    clinic.done(200, Role.OWNER, "PUT", "/v1/fee-schedule", {"fees": [fee]}, If_Match='"0"')
    payer = {"name": f"{clinic.mark} Health Plan", "payer_id": f"{clinic.mark}1".upper()}
    clinic.ids["payer_id"] = clinic.made(Role.BILLER, "/v1/payers", payer)


def _patient(clinic: Clinic, prefix: str, *, payer_id: str) -> None:
    """A patient with all that lies under one; `prefix` goes before the names of the ids."""
    ids, mark = clinic.ids, clinic.mark
    body = registration(
        name={"family": mark, "given": "Rosa"},
        email=f"{prefix}rosa@{mark}.example".lower(),
        confirm_not_duplicate=True,
    )
    patient = ids[f"{prefix}patient_id"] = clinic.made(Role.NURSE, "/v1/patients", body)
    path = f"/v1/patients/{patient}"
    policy = coverage(payer_id=payer_id, payer_name=f"{mark} Health Plan")
    ids[f"{prefix}coverage_id"] = clinic.made(Role.NURSE, f"{path}/coverages", policy)
    permit = {
        "number": f"{mark} PA-1",
        "coverage_id": ids[f"{prefix}coverage_id"],
        "visits_allowed": 9,
        "effective_from": "2026-03-01",
    }
    made = clinic.made(Role.NURSE, f"{path}/authorizations", permit)
    ids[f"{prefix}authorization_id"] = made
    problem = {"description": f"{mark} cough", "clinical_status": "active"}
    ids[f"{prefix}problem_id"] = clinic.made(Role.NURSE, f"{path}/problems", problem)
    allergy = {"substance": f"{mark} nuts", "clinical_status": "active"}
    ids[f"{prefix}allergy_id"] = clinic.made(Role.NURSE, f"{path}/allergies", allergy)
    ids[f"{prefix}encounter_id"] = _signed(clinic, patient, bill_to="insurance")
    ids[f"{prefix}second_encounter_id"] = _signed(clinic, patient, bill_to="insurance")
    ids[f"{prefix}invoiced_encounter_id"] = _signed(clinic, patient, bill_to="self_pay")
    ids[f"{prefix}unbilled_encounter_id"] = _signed(clinic, patient, bill_to="self_pay")
    ids[f"{prefix}open_encounter_id"] = _documented(clinic, patient, bill_to="self_pay")


def _documented(clinic: Clinic, patient_id: str, *, bill_to: str) -> str:
    """An encounter that can be signed, at version 2 with its note at version 2."""
    started = {
        "practitioner_id": clinic.ids["practitioner_id"],
        "location_id": clinic.ids["location_id"],
        "bill_to": bill_to,
    }
    path = f"/v1/patients/{patient_id}/encounters"
    encounter = clinic.made(Role.CLINICIAN, path, started)
    note = {"template": "soap_general", "content": SOAP}
    for tail, body in (("", codes()), ("/note", note)):
        clinic.done(200, Role.CLINICIAN, "PUT", f"{path}/{encounter}{tail}", body, If_Match='"1"')
    return encounter


def _signed(clinic: Clinic, patient_id: str, *, bill_to: str) -> str:
    encounter = _documented(clinic, patient_id, bill_to=bill_to)
    path = f"/v1/patients/{patient_id}/encounters/{encounter}"
    body = {"expected_version": 2, "expected_note_version": 2}
    clinic.done(200, Role.CLINICIAN, "POST", f"{path}/sign", body)
    clinic.done(201, Role.CLINICIAN, "POST", f"{path}/addenda", {"text": clinic.mark})
    return encounter


def _appointments(clinic: Clinic) -> None:
    for name, patient, starts_at in (
        ("missed_appointment_id", "patient_id", SOON),
        ("waiting_appointment_id", "patient_id", WAITING),
        ("appointment_id", "patient_id", NEXT_DAY),
        ("other_appointment_id", "other_patient_id", LATER),
    ):
        body = {
            "patient_id": clinic.ids[patient],
            **{each: clinic.ids[each] for each in ("practitioner_id", "location_id", "type_id")},
            "starts_at": starts_at,
        }
        clinic.ids[name] = clinic.made(Role.NURSE, "/v1/appointments", body)
    roomed_next = f"/v1/appointments/{clinic.ids['waiting_appointment_id']}/check-in"
    clinic.done(200, Role.NURSE, "POST", roomed_next)
    listed = {"reasons": [{"code": "back_pain", "display": f"{clinic.mark} back pain"}]}
    clinic.done(200, Role.OWNER, "PUT", "/v1/visit-reasons", listed, If_Match='"0"')
    clinic.ids |= _sessions(clinic)
    ordered = _series(clinic)
    clinic.ids["series_id"] = clinic.made(Role.NURSE, "/v1/appointment-series", ordered)
    clinic.ids |= {"template_id": "sms.en", "own_template_id": "sms.vi"}
    path, own = "/v1/message-templates/sms.vi", {"text": f"{clinic.mark} {{date}}"}
    clinic.done(200, Role.MANAGER, "PUT", path, own, If_Match='"0"')
    visit = VisitToken(clinic.ids["practice_id"], clinic.ids["other_appointment_id"], 1, "2d")
    clinic.ids["visit_secret"] = visit.secret()


def _downtime(clinic: Clinic) -> None:
    """A plan, a link and a pack; another location's link."""
    ids = clinic.ids
    body = {"passphrase": f"{clinic.mark} lantern seventeen otter"}
    path = "/v1/practice/downtime-plan"
    clinic.done(200, Role.MANAGER, "PUT", path, body, If_Match='"0"')
    place = {"name": f"{clinic.mark} Annex", "time_zone": "America/New_York", "address": ADDRESS}
    annex = ids["other_location_id"] = clinic.made(Role.OWNER, "/v1/locations", place)
    for prefix, location in (("", ids["location_id"]), ("other_", annex)):
        path = f"/v1/locations/{location}/downtime-links"
        made = clinic.done(201, Role.MANAGER, "POST", path, {"label": "Desk"}).json
        ids[f"{prefix}downtime_link_id"] = made["id"]
        ids.setdefault("downtime_secret", made["url"].rpartition("/")[2])
    make_pack(clinic.world, ids["practice_id"], ids["location_id"], date(2026, 3, 1))


def _sessions(clinic: Clinic) -> dict[str, str]:
    """A type with seats, and a session that stands with nobody in it."""
    kind = {"name": f"{clinic.mark} group", "minutes": 30, "capacity": 8}
    type_id = clinic.made(Role.OWNER, "/v1/appointment-types", kind)
    named = {each: clinic.ids[each] for each in ("practitioner_id", "location_id")}
    body = {**named, "type_id": type_id, "starts_at": IN_A_GROUP}
    return {
        "group_type_id": type_id,
        "group_session_id": clinic.made(Role.NURSE, "/v1/group-sessions", body),
    }


def _video_visit(clinic: Clinic) -> None:
    """One in a moment, beside another, whose patient waits."""
    ids = clinic.ids
    kind = {"name": f"{clinic.mark} video", "minutes": 5, "modality": "video"}
    body = {
        **{each: ids[each] for each in ("practitioner_id", "location_id")},
        "patient_id": ids["other_patient_id"],
        "type_id": clinic.made(Role.OWNER, "/v1/appointment-types", kind),
        "starts_at": NOW,
        "overbook": "urgent",
    }
    visit = ids["video_appointment_id"] = clinic.made(Role.CLINICIAN, "/v1/appointments", body)
    token = VideoToken(ids["practice_id"], visit, datetime.fromisoformat(NOW), "p0")
    ids["video_secret"] = token.secret()
    ready = {"device": DEVICE, "consents": True, "located_in": "US-NY"}
    clinic.done(200, "", "POST", f"/v1/video-links/{ids['video_secret']}", ready)


def _missed(clinic: Clinic) -> None:
    """Each patient has cancelled late and been charged; one has done so again, and a biller is asked."""
    dollar = {"amount": 100, "currency": "USD"}
    policy = {"late_cancel": dollar, "no_show": dollar}
    clinic.done(200, Role.OWNER, "PUT", "/v1/missed-visit-policy", policy, If_Match='"0"')
    clinic.world.clock.advance(seconds=1)
    for prefix, hour in (("", 14), ("other_", 15)):
        patient = clinic.ids[f"{prefix}patient_id"]
        late = _cancelled_late(clinic, patient, f"2026-03-02T{hour}:00:00-05:00")
        asked = {"appointment_id": late, "payer_kind": "commercial"}
        fee = clinic.made(Role.BILLER, f"/v1/patients/{patient}/fees", asked)
        clinic.ids[f"{prefix}fee_id"] = fee
    day = {"effective_from": "2026-03-02", "effective_until": "2026-03-02"}
    unknown = coverage(payer_id="pyr_00000000000000000000000000", priority=9, **day)
    clinic.made(Role.NURSE, f"/v1/patients/{clinic.ids['patient_id']}/coverages", unknown)
    last = _cancelled_late(clinic, clinic.ids["patient_id"], "2026-03-02T16:00:00-05:00")
    clinic.ids["late_appointment_id"] = last


def _cancelled_late(clinic: Clinic, patient_id: str, starts_at: str) -> str:
    names = ("practitioner_id", "location_id", "type_id")
    body = {"patient_id": patient_id, "starts_at": starts_at}
    body |= {each: clinic.ids[each] for each in names}
    booked = clinic.made(Role.NURSE, "/v1/appointments", body)
    clinic.done(200, Role.NURSE, "POST", f"/v1/appointments/{booked}/cancel", {"reason": "pat"})
    return booked


def _online(clinic: Clinic) -> None:
    """A page; a booking on it that waits for who comes, one for its code, and one that was declined."""
    ids, mark = clinic.ids, clinic.mark
    ids["slug"] = f"{mark}-clinic".lower()
    shown = {"practitioner_id": ids["practitioner_id"], "name": f"Dr {mark}"}
    page = {"slug": ids["slug"], "practitioners": [shown], "new_patients": False}
    path = "/v1/practice/online-booking"
    clinic.done(200, Role.MANAGER, "PUT", path, page, If_Match='"0"')
    offer = clinic.done(200, "", "GET", f"/v1/online-booking/{ids['slug']}").json
    clinic.world.clock.advance(seconds=2)
    who = {
        "family_name": mark,
        "given_name": "Vera",
        "birth_date": "1990-01-01",
        "contact": {"email": f"vera@{mark}.example".lower()},
    }
    for name, hour in (("held_secret", 10), ("declined_secret", 11), ("coded_secret", 12)):
        challenge = offer["challenge"]["challenge"]
        named = ("practitioner_id", "location_id", "type_id")
        body = {
            **{each: ids[each] for each in named},
            "starts_at": f"2026-03-04T{hour}:00:00-05:00",
            "challenge": challenge,
            "proof": solved(challenge),
        }
        held = clinic.done(201, "", "POST", f"/v1/online-booking/{ids['slug']}", body).json
        ids[name] = held["secret"]
        offer = clinic.done(200, "", "GET", f"/v1/online-booking/{ids['slug']}").json
        clinic.world.clock.advance(seconds=2)
        if name != "held_secret":
            said = f"/v1/online-bookings/{held['secret']}"
            clinic.done(200, "", "POST", said, who)
            ids["booking_code"] = code_sent_to(held["secret"])
        if name == "declined_secret":
            code = {"code": ids["booking_code"]}
            declined = clinic.done(200, "", "POST", f"{said}/verify", code).json
            assert declined["status"] == "declined"
            ids["booking_id"] = held["secret"].split(".")[1]
    ids["challenge"] = offer["challenge"]["challenge"]
    ids["proof"] = solved(ids["challenge"])


def _hold(clinic: Clinic) -> dict[str, Any]:
    names = ("patient_id", "practitioner_id", "location_id", "type_id")
    return {**{each: clinic.ids[each] for each in names}, "starts_at": HELD, "minutes": 60}


def _waitlist(clinic: Clinic) -> None:
    """Somebody waits, each patient is offered a time, by telephone: until it begins; one is due again."""
    ids, day = clinic.ids, {"offer_minutes": 24 * 60}
    clinic.done(200, Role.MANAGER, "PUT", "/v1/practice/waitlist", day, If_Match='"0"')
    person = registration(name={"family": f"{clinic.mark} Waits", "given": "Will"}, email=None)
    person |= {"confirm_not_duplicate": True}
    ids["waiting_patient_id"] = clinic.made(Role.FRONT_DESK, "/v1/patients", person)
    for name, patient in (
        ("wish_id", "waiting_"),
        ("offered_wish_id", ""),
        ("other_offered_wish_id", "other_"),
    ):
        wished = {"patient_id": ids[f"{patient}patient_id"], "type_id": ids["type_id"]}
        ids[name] = clinic.made(Role.NURSE, "/v1/waitlist", wished)
    places = {name: ids[name] for name in ("practitioner_id", "location_id")}
    for prefix, starts_at in (("", OFFERED), ("other_", OTHER_OFFERED)):
        path = f"/v1/waitlist/{ids[f'{prefix}offered_wish_id']}/offers"
        offer = {**places, "starts_at": starts_at, "by_phone": True}
        ids[f"{prefix}offer_id"] = clinic.made(Role.NURSE, path, offer)
    rule = {"name": clinic.mark, "after_type_id": ids["type_id"], "interval": SIX_MONTHS}
    ids["rule_id"] = clinic.made(Role.MANAGER, "/v1/recall-rules", rule)
    recall = {"patient_id": ids["patient_id"], "type_id": ids["type_id"], "due_on": "2026-09-02"}
    ids["recall_id"] = clinic.made(Role.NURSE, "/v1/recalls", recall)
    token = OfferToken(ids["practice_id"], ids["other_offered_wish_id"], 1)
    ids["offer_secret"] = token.secret()


def _series(clinic: Clinic) -> dict[str, Any]:
    names = ("patient_id", "practitioner_id", "location_id", "type_id")
    own = {each: clinic.ids[each] for each in names}
    return {**own, "starts": "2026-03-10T15:00:00", "rule": "FREQ=WEEKLY;COUNT=2"}


def _accounts(clinic: Clinic) -> None:
    """Once charges are made: an invoice and a payment of each patient."""
    for prefix in ("", "other_"):
        path = f"/v1/patients/{clinic.ids[f'{prefix}patient_id']}"
        asked = {"encounter_id": clinic.ids[f"{prefix}invoiced_encounter_id"]}
        invoice = clinic.made(Role.FRONT_DESK, f"{path}/invoices", asked)
        copay = {"amount": {"amount": 500, "currency": "USD"}, "method": "cash", "purpose": "copay"}
        payment = clinic.made(Role.FRONT_DESK, f"{path}/payments", copay)
        clinic.ids |= {f"{prefix}invoice_id": invoice, f"{prefix}payment_id": payment}


def _claims(clinic: Clinic) -> None:
    """What came of the charges: paid claims, one that needs attention, remittances."""
    for name, status in (("claim_id", "paid"), ("stuck_claim_id", "needs_attention")):
        found = clinic.done(200, Role.BILLER, "GET", f"/v1/claims?status={status}").json["items"]
        clinic.ids[name] = found[0]["id"]
    remittances = clinic.done(200, Role.BILLER, "GET", "/v1/remittances").json["items"]
    clinic.ids["remittance_id"] = remittances[0]["id"]


def _tasks(clinic: Clinic) -> None:
    """One that is open, and one that is done."""
    practice, patient = clinic.ids["practice_id"], clinic.ids["patient_id"]
    for name in ("task_id", "closed_task_id"):
        clinic.ids[name] = want_task(clinic.world, practice, patient_id=patient)
    path = f"/v1/tasks/{clinic.ids['closed_task_id']}/complete"
    clinic.done(200, Role.NURSE, "POST", path, {"outcome": "done"})


def _restricted(clinic: Clinic) -> None:
    """A broken glass of each patient; the clinician is on the first one's care team."""
    emergency = {"reason": "ETREAT", "explanation": f"{clinic.mark} came by ambulance."}
    for prefix in ("", "other_"):
        path = f"/v1/patients/{clinic.ids[f'{prefix}patient_id']}/break-glass"
        clinic.ids[f"{prefix}break_glass_id"] = clinic.made(Role.CLINICIAN, path, emergency)
    joining = {"role": "treating", "reason": f"Looks after {clinic.mark}."}
    path = f"/v1/patients/{clinic.ids['patient_id']}/care-team"
    clinic.done(200, Role.CLINICIAN, "POST", path, joining)


def _psychotherapy(clinic: Clinic) -> None:
    """Of each patient a draft, a signed note, and two releases of it, one of them approved."""
    ids, words = clinic.ids, {"text": f"{clinic.mark} spoke of her mother."}
    for prefix in ("", "other_"):
        patient = f"/v1/patients/{ids[f'{prefix}patient_id']}"
        draft, signed = (
            clinic.made(Role.CLINICIAN, f"{patient}/psychotherapy-notes", words) for _ in range(2)
        )
        path = f"{patient}/psychotherapy-notes/{signed}/sign"
        clinic.done(200, Role.CLINICIAN, "POST", path, {"expected_version": 1})
        asked = {"note_id": signed, "reader_id": ids["manager_id"], "authorisation": "A-1"}
        pending, approved = (
            clinic.made(Role.CLINICIAN, f"{patient}/psychotherapy-releases", asked)
            for _ in range(2)
        )
        path = f"{patient}/psychotherapy-releases/{approved}/approve"
        clinic.done(200, Role.OWNER, "POST", path, {"authorisation": "A-1"})
        ids |= {
            f"{prefix}psychotherapy_note_id": draft,
            f"{prefix}signed_psychotherapy_note_id": signed,
            f"{prefix}pending_release_id": pending,
            f"{prefix}release_id": approved,
        }
