"""The code: six digits to the contact, five tries, ten minutes, three codes, and no way around it."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.messaging.texting import stop_texting
from tests.builders.online import NINE, TEN, Visitor, booked, clinic
from tests.builders.scheduling import Clinic
from tests.faults import before_commit, meanwhile
from tests.world import Answered, World, clear


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, page={"hold_minutes": 30})


@pytest.fixture
def rosa(at: Clinic) -> Visitor:
    visitor = Visitor(at)
    assert visitor.hold(NINE).status == 201
    return visitor


def refusal(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def wrong(visitor: Visitor) -> str:
    return f"{(int(visitor.code()) + 1) % 1_000_000:06d}"


def codes_mailed(at: Clinic) -> int:
    at.world.pump()
    return len([mail for mail in at.world.mails() if "your code is" in mail])


def test_five_tries_and_the_right_code_comes_too_late(rosa: Visitor) -> None:
    rosa.say()
    for _ in range(5):
        assert refusal(rosa.verify(wrong(rosa))) == (422, "code_wrong")
    assert refusal(rosa.verify()) == (409, "code_spent")
    assert rosa.read().json["status"] == "coded"


def test_the_fifth_try_may_be_right(rosa: Visitor) -> None:
    rosa.say()
    for _ in range(4):
        rosa.verify(wrong(rosa))
    booked(rosa.verify())


def test_tries_that_race_are_counted_one_by_one(at: Clinic, rosa: Visitor) -> None:
    rosa.say()
    answers: list[Answered] = []
    with meanwhile(lambda: answers.append(rosa.verify(wrong(rosa)))):
        answers.append(rosa.verify())
    assert [refusal(each) for each in answers] == [
        (422, "code_wrong"),
        (409, "booking_under_way"),
    ]
    assert rosa.session().tries == 1


def test_two_who_give_the_code_at_once_book_one_visit(at: Clinic, rosa: Visitor) -> None:
    rosa.say()
    answers: list[Answered] = []
    code = rosa.code()

    def again() -> None:
        answers.append(rosa.verify(code))

    with before_commit(2, again):
        answers.append(rosa.verify(code))
    assert sorted(each.status for each in answers) == [200, 409]
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day=2026-03-04").json["items"]
    assert len(day) == 1
    assert len(at.world.of_kind("patient")) == 2, "the clinic's own, and the newcomer"
    booked(rosa.verify(code))


def test_one_person_in_two_bookings_at_once_is_registered_once(at: Clinic) -> None:
    one, two = Visitor(at), Visitor(at)
    assert (one.hold(NINE).status, two.hold(TEN).status) == (201, 201)
    one.say()
    two.say()
    answers: list[Answered] = []
    with before_commit(2, lambda: answers.append(two.verify())):
        answers.append(one.verify())
    assert refusal(answers[1]) == (409, "booking_under_way")
    booked(one.verify())
    assert len(at.world.of_kind("patient")) == 2
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day=2026-03-04").json["items"]
    assert len({each["patient_id"] for each in day}) == 1
    assert len(day) == 2


def test_a_code_ends_after_ten_minutes_and_another_can_be_asked_for(
    at: Clinic, rosa: Visitor
) -> None:
    said = rosa.say()
    assert said.json["good_until"] == "2026-03-02T14:10:02Z"
    at.world.clock.advance(minutes=10)
    old = rosa.code()
    assert refusal(rosa.verify(old)) == (409, "code_spent")
    assert rosa.say().json["codes_left"] == 1
    assert rosa.code() != old
    assert refusal(rosa.verify(old)) == (422, "code_wrong")
    booked(rosa.verify())


def test_the_same_again_at_once_sends_no_second_code(at: Clinic, rosa: Visitor) -> None:
    first, again = rosa.say(), rosa.say()
    assert first.json == again.json
    assert codes_mailed(at) == 1
    at.world.clock.advance(seconds=31)
    assert rosa.say().json["codes_left"] == 1
    assert codes_mailed(at) == 2


def test_there_are_three_codes_for_a_booking(rosa: Visitor) -> None:
    for number in range(3):
        assert rosa.say(contact={"email": f"rosa{number}@example.com"}).status == 200
    assert refusal(rosa.say(contact={"email": "more@example.com"})) == (409, "too_many_codes")


def test_a_code_is_of_the_contact_that_was_given_last(at: Clinic, rosa: Visitor) -> None:
    rosa.say(contact={"email": "mallory@example.com"})
    first = rosa.code()
    rosa.say(contact={"email": "rosa@example.com"})
    assert refusal(rosa.verify(first)) == (422, "code_wrong")
    at.world.pump()
    assert [mail for mail in at.world.mails() if first in mail] == []


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda rosa: rosa.verify("000000"), "no_code_yet"),
        (lambda rosa: (booked_by(rosa), rosa.say())[1], "booking_over"),
        (lambda rosa: (later(rosa), rosa.say())[1], "hold_lapsed"),
        (lambda rosa: (rosa.say(), later(rosa), rosa.verify())[2], "code_spent"),
    ],
)
def test_a_step_out_of_turn_is_refused(
    rosa: Visitor, act: Callable[[Visitor], Answered], code: str
) -> None:
    assert refusal(act(rosa)) == (409, code)


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({"family_name": "--"}, 422, "family_name"),
        ({"given_name": "'"}, 422, "given_name"),
        ({"birth_date": "2026-03-03"}, 422, "birth_date"),
        ({"birth_date": "1890-01-01"}, 422, "birth_date"),
        ({"contact": {}}, 422, "contact"),
        ({"contact": {"email": "a@b.c", "mobile": "1"}}, 422, "contact"),
        ({"contact": {"email": "rosa"}}, 422, "contact.email"),
        ({"reason": "none_such"}, 422, "reason"),
        ({"language": "xx"}, 400, "language"),
        ({"sex": "F"}, 400, "sex"),
        ({"comment": "my knee hurts"}, 400, "comment"),
    ],
)
def test_who_cannot_be_is_refused_by_the_field(
    rosa: Visitor, said: dict[str, Any], status: int, field: str
) -> None:
    refused = rosa.say(**said)
    assert (refused.status, refused.json["errors"][0]["field"]) == (status, field)
    assert rosa.read().json["status"] == "held"


def test_a_number_that_cannot_be_is_refused_by_the_field(at: Clinic, rosa: Visitor) -> None:
    clear(at.world, at.owner, "sms")
    refused = rosa.say(contact={"mobile": "12"})
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "contact.mobile")


def test_a_number_that_said_stop_gets_no_code_and_the_same_answer(
    at: Clinic, rosa: Visitor
) -> None:
    clear(at.world, at.owner, "sms")
    stop_texting("+12125550147", at.world.clock.now())
    said = rosa.say(contact={"mobile": "(212) 555-0147"})
    assert (said.status, said.json["channel"]) == (200, "sms")
    at.world.pump()
    assert at.world.texts() == []


def test_a_hold_that_staff_let_go_is_as_one_that_lapsed(at: Clinic, rosa: Visitor) -> None:
    rosa.say()
    hold_id = rosa.session().hold_id
    assert at.call("DELETE", f"/v1/slot-holds/{hold_id}", If_Match='"1"').status == 204
    assert refusal(rosa.verify()) == (409, "hold_lapsed")


def test_an_old_order_for_a_code_sends_none(at: Clinic, rosa: Visitor) -> None:
    rosa.say()
    at.world.clock.advance(minutes=11)
    assert codes_mailed(at) == 0


@pytest.mark.parametrize("spoil", ["last", "session", "practice", "cut", "x"])
def test_a_wrong_secret_opens_nothing(rosa: Visitor, spoil: str) -> None:
    rosa.say()
    practice, session, mac = rosa.secret.split(".")
    rosa.secret = {
        "last": f"{practice}.{session}.{mac[:-1]}{'0' if mac[-1] != '0' else '1'}",
        "session": f"{practice}.{session[:-1]}{'0' if session[-1] != '0' else '1'}.{mac}",
        "practice": f"{practice[:-1]}{'0' if practice[-1] != '0' else '1'}.{session}.{mac}",
        "cut": f"{practice}.{session}",
        "x": "x",
    }[spoil]
    body = {"code": "000000"}
    path = f"/v1/online-bookings/{rosa.secret}"
    for answer in (rosa.read(), rosa.say(), rosa.call("POST", f"{path}/verify", body)):
        assert refusal(answer) == (404, "not_found")


def test_neither_a_code_nor_a_secret_is_stored(at: Clinic, rosa: Visitor) -> None:
    rosa.say()
    code, mac = rosa.code(), rosa.secret.rpartition(".")[2]
    booked(rosa.verify())
    table = str(at.world.items())
    assert mac not in table
    assert f"'{code}'" not in table


def booked_by(rosa: Visitor) -> None:
    rosa.say()
    booked(rosa.verify())


def later(rosa: Visitor) -> None:
    rosa.at.world.clock.advance(minutes=31)
