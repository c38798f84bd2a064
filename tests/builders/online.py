"""A practice that is booked online, and a visitor of its page."""

from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from typing import Any

from chalicelib.online_booking import bot_check
from chalicelib.online_booking.models import BookingSession
from chalicelib.online_booking.sessions import code_of
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import get, practice_scope
from tests import tables
from tests.builders import scheduling
from tests.builders.scheduling import Clinic
from tests.world import Answered, World

_built: dict[str, tuple[Clinic, tables.Image, int]] = {}

SLUG = "elm-street"
NINE, TEN = "2026-03-04T09:00:00-05:00", "2026-03-04T10:00:00-05:00"
ROSA = {
    "family_name": "Diaz",
    "given_name": "Rosa",
    "birth_date": "1984-07-02",
    "contact": {"email": "rosa@example.com"},
    "agrees_to_messages": True,
}


def clinic(world: World, *, page: dict[str, Any] | None = None, **over: Any) -> Clinic:
    """A clinic whose one type everybody books online, with its practitioner on the page.

    `over` is of the clinic or its type. One is built for each zone, and put back and changed for
    every test that begins with it.
    """
    place = {name: over.pop(name) for name in ("time_zone", "hours") if name in over}
    if any(tables.image().values()):
        return _changed(scheduling.clinic(world, **place), page or {}, over)
    sort = repr((world.clock.now(), place))
    if sort not in _built:
        opened = _changed(scheduling.clinic(world, **place), {}, {})
        _built[sort] = opened, tables.image(), runtime().ids._last
    opened, image, last_id = _built[sort]
    tables.put_back(image)
    runtime().ids._last = max(runtime().ids._last, last_id)
    opened = replace(opened, world=world)
    return _changed(opened, page or {}, over) if page or over else opened


def _changed(at: Clinic, page: dict[str, Any], kind: dict[str, Any]) -> Clinic:
    """With its page, and its type, as asked for."""
    path = "/v1/appointment-types"
    (known,) = at.call("GET", path).json["items"]
    body = {"name": "Follow-up", "minutes": 30, "online": "everybody", **kind}
    changed = at.call("PUT", f"{path}/{at.type_id}", body, If_Match=f'"{known["version"]}"')
    assert changed.status == 200, changed.text
    shown = put_online(at, **page)
    assert shown.status == 200, shown.text
    return at


def put_online(at: Clinic, **over: Any) -> Answered:
    """Set the practice's page, whatever it was."""
    path = "/v1/practice/online-booking"
    shown = [{"practitioner_id": at.practitioner_id, "name": "Dr Kim Lee"}]
    body = {"slug": SLUG, "practitioners": shown, **over}
    version = at.call("GET", path).json["version"]
    return at.call("PUT", path, body, If_Match=f'"{version}"')


def session_of(secret: str) -> BookingSession:
    """The booking that a secret opens, as it is stored."""
    practice_id, session_id, _ = secret.split(".")
    with practice_scope(practice_id):
        return get(BookingSession, BookingSession.key(practice_id, session_id))


def code_sent_to(secret: str) -> str:
    """The code that was sent last for the booking that this opens."""
    return code_of(session_of(secret))


def solved(challenge: str) -> str:
    """A proof of work."""
    for number in count():
        digest = sha256(f"{challenge}:{number}".encode()).digest()
        if int.from_bytes(digest[:4]) >> (32 - bot_check.BITS) == 0:
            return str(number)
    raise AssertionError("counting ended")


@dataclass
class Visitor:
    """Somebody without an account, at a practice's page."""

    at: Clinic
    slug: str = SLUG
    secret: str = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        return self.at.world.call(method, path, body, **headers)

    def offer(self) -> Answered:
        return self.call("GET", f"/v1/online-booking/{self.slug}")

    def slots(self, first: str, last: str = "", **over: str) -> Answered:
        query = {"type_id": self.at.type_id, "from": first, "until": last or first, **over}
        pairs = "&".join(f"{name}={value}" for name, value in query.items())
        return self.call("GET", f"/v1/online-booking/{self.slug}/slots?{pairs}")

    def starts(self, first: str, last: str = "", **over: str) -> list[str]:
        answer = self.slots(first, last, **over)
        assert answer.status == 200, answer.text
        return [slot["starts_at"] for slot in answer.json["items"]]

    def hold_body(self, starts_at: str = NINE, **over: Any) -> dict[str, Any]:
        """With a challenge that was just solved, slowly enough."""
        challenge = self.offer().json["challenge"]["challenge"]
        self.at.world.clock.advance(seconds=2)
        body = {
            "type_id": self.at.type_id,
            "practitioner_id": self.at.practitioner_id,
            "location_id": self.at.location_id,
            "starts_at": starts_at,
            "challenge": challenge,
            "proof": solved(challenge),
            **over,
        }
        return {name: value for name, value in body.items() if value is not None}

    def hold(self, starts_at: str = NINE, **over: Any) -> Answered:
        return self.send_hold(self.hold_body(starts_at, **over))

    def send_hold(self, body: dict[str, Any]) -> Answered:
        answer = self.call("POST", f"/v1/online-booking/{self.slug}", body)
        if answer.status == 201:
            self.secret = answer.json["secret"]
        return answer

    def say(self, **over: Any) -> Answered:
        """Who comes: Rosa, but for what `over` says."""
        body = {name: value for name, value in {**ROSA, **over}.items() if value is not None}
        return self.call("POST", f"/v1/online-bookings/{self.secret}", body)

    def read(self) -> Answered:
        return self.call("GET", f"/v1/online-bookings/{self.secret}")

    def session(self) -> BookingSession:
        """As it is stored."""
        return session_of(self.secret)

    def code(self) -> str:
        """The code that was sent last, without the mail."""
        return code_sent_to(self.secret)

    def verify(self, code: str = "") -> Answered:
        body = {"code": code or self.code()}
        return self.call("POST", f"/v1/online-bookings/{self.secret}/verify", body)

    def book(self, starts_at: str = NINE, **over: Any) -> Answered:
        """From page to booked."""
        held = self.hold(starts_at)
        assert held.status == 201, held.text
        said = self.say(**over)
        assert said.status == 200, said.text
        return self.verify()


def booked(answer: Answered) -> str:
    """The secret of the link to the visit."""
    assert (answer.status, answer.json["status"]) == (200, "booked"), answer.text
    link: str = answer.json["visit_link"]
    return link
