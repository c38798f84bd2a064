"""What patients text back: to come, not to come, help, no more texts (47 CFR 64.1200(a)(10))."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.builders.patients import demographics, register_patient
from tests.builders.scheduling import clinic
from tests.faults import Died, calls, dying
from tests.http.messaging.phones import OURS, THEIRS, Network, two_way
from tests.http.messaging.reminding import Reminding, apt, reminding
from tests.world import World, clear, sign_in


@pytest.fixture
def at(world: World) -> Reminding:
    return reminding(world, language="en")


@pytest.fixture
def network(world: World) -> Iterator[Network]:
    with two_way(world) as made:
        yield made


def _answer(at: Reminding, visit: str = "apt_1") -> str | None:
    return at.reminders(visit).get("answer", {}).get("S")


def _told(world: World, kind: str) -> list[str]:
    """The subjects of the events of this type that wait."""
    return [
        item["subject"]["S"]
        for item in world.items()
        if item["kind"]["S"] == "outbox" and item["type"]["S"] == kind
    ]


def test_a_reminder_says_how_to_answer_and_is_tagged(at: Reminding, network: Network) -> None:
    at.remind()
    (text,) = network.texts
    assert text["OriginationIdentity"] == OURS
    assert text["MessageBody"].endswith("Reply Y to confirm, C to cancel. Reply STOP to end texts.")
    assert text["ConfigurationSetName"] == "careloom"
    assert text["Context"]["practice"] == at.practice_id
    assert text["Context"]["message"].startswith("msg_")


@pytest.mark.parametrize("words", ["Y", "yes", "Sí", "OUI"])
def test_yes_confirms_once_and_is_thanked(at: Reminding, network: Network, words: str) -> None:
    at.remind()
    network.reply(words)
    assert (_answer(at), _told(at.world, "visit.confirmed")) == ("confirmed", [apt("apt_1")])
    _, reply = network.said()
    assert reply == (
        "Elm Street Clinic: thank you, your appointment on Mon 2 Mar 2026, 11:01 EST is confirmed."
    )


def test_c_asks_and_cc_cancels(at: Reminding, network: Network) -> None:
    at.remind()
    network.reply("c")
    assert (_answer(at), _told(at.world, "visit.cancel_wanted")) == ("cancel_asked", [])
    assert network.said()[-1].endswith("reply CC. To keep it, reply Y.")
    network.reply("CC")
    assert _told(at.world, "visit.cancel_wanted") == [apt("apt_1")]
    assert "off our schedule" in network.said()[-1]
    assert len(network.said()) == 3


def test_cc_out_of_the_blue_asks_first(at: Reminding, network: Network) -> None:
    at.remind()
    network.reply("CC")
    assert (_answer(at), _told(at.world, "visit.cancel_wanted")) == ("cancel_asked", [])


def test_yes_after_c_keeps_the_visit(at: Reminding, network: Network) -> None:
    at.remind()
    network.reply("C")
    network.reply("Y")
    assert (_answer(at), _told(at.world, "visit.cancel_wanted")) == ("confirmed", [])


@pytest.mark.parametrize(
    "words",
    ["STOP", "quit", "End", "revoke", "opt out", "CANCEL", "unsubscribe", "stop texting me"],
)
def test_a_stop_word_ends_texts_and_cancels_nothing(
    at: Reminding, network: Network, words: str
) -> None:
    at.remind()
    network.reply(words)
    assert (_answer(at), _told(at.world, "visit.cancel_wanted")) == (None, [])
    assert len(network.said()) == 1
    assert at.remind("apt_2") == []
    assert len(network.said()) == 1
    assert at.message("apt_2") == ("email", "sent", "")


def test_it_ends_texts_of_every_practice_and_start_brings_them_back(
    at: Reminding, network: Network
) -> None:
    world = at.world
    at.remind()
    network.reply("STOP")
    other = reminding(world, email="rosa@other.example", owner="bea@clinic.example")
    other.remind("apt_9")
    assert len(network.said()) == 1
    assert other.message("apt_9") == ("email", "sent", "")
    network.reply("START")
    other.remind("apt_8")
    assert other.message("apt_8") == ("sms", "sent", "")
    assert not [item for item in world.items() if THEIRS in item["pk"]["S"] + item["sk"]["S"]]


def test_the_last_word_counts_in_whatever_order_words_come(at: Reminding, network: Network) -> None:
    now = at.world.clock.now()
    at.remind()
    network.reply("STOP", at=now)
    network.reply("START", at=now + timedelta(minutes=2))
    network.reply("STOP", at=now + timedelta(minutes=1))
    at.remind("apt_2")
    assert at.message("apt_2") == ("sms", "sent", "")


def test_help_says_who_texts_and_how_to_stop(at: Reminding, network: Network) -> None:
    at.remind()
    network.reply("HELP")
    assert network.said()[-1].startswith("Elm Street Clinic: texts about your appointments.")
    assert "STOP" in network.said()[-1]


def test_an_end_to_texts_among_other_words_is_read_by_the_front_desk_too(
    at: Reminding, network: Network
) -> None:
    at.remind()
    network.reply("I can't come tomorrow. And stop texting me")
    assert at.tasks() == ["text_to_read"]
    at.remind("apt_2")
    assert at.message("apt_2") == ("email", "sent", "")


def test_what_a_person_has_to_read_is_a_task_with_the_words_on_record(
    at: Reminding, network: Network
) -> None:
    at.remind()
    network.reply("The bus is late, sorry")
    assert (len(network.said()), at.tasks()) == (1, ["text_to_read"])
    listed = at.world.call("GET", f"/v1/patients/{at.patient_id}/messages", token=at.desk).json
    inbound, reminder = listed["items"]
    assert (inbound["template"], inbound["words"]) == ("inbound_text", "The bus is late, sorry")
    assert (reminder["template"], reminder["words"]) == ("appointment_reminder", None)
    told = [item for item in at.world.items() if item["kind"]["S"] == "outbox"]
    assert "bus" not in json.dumps(told)


def test_of_several_visits_an_answer_is_for_the_last_that_has_none(
    at: Reminding, network: Network
) -> None:
    at.remind("apt_1")
    at.remind("apt_2")
    network.reply("Y")
    assert (_answer(at, "apt_1"), _answer(at, "apt_2")) == (None, "confirmed")
    network.reply("Y")
    assert (_answer(at, "apt_1"), _answer(at, "apt_2")) == ("confirmed", "confirmed")


def test_a_text_that_comes_twice_answers_one_practice(at: Reminding, network: Network) -> None:
    """The first time changes which visit is the next without an answer."""
    other = reminding(at.world, email="rosa@other.example", owner="bea@clinic.example")
    at.remind("apt_1")
    other.remind("apt_9")
    network.reply("Y")
    assert (_answer(at, "apt_1"), _answer(other, "apt_9")) == (None, "confirmed")
    assert len(network.said()) == 3


def test_who_dies_before_the_reply_replies_about_the_same_visit(
    at: Reminding, network: Network
) -> None:
    at.remind("apt_1")
    at.world.clock.advance(minutes=30)
    at.remind("apt_2")
    told = network.text("Y")
    with (
        dying(0, after=True, only=lambda name: name == "TransactWriteItems"),
        suppress(Died),
    ):
        at.world.deliver("messaging", [told])
    assert (_answer(at, "apt_1"), _answer(at, "apt_2")) == (None, "confirmed")
    assert at.world.deliver("messaging", [told]) == []
    assert (_answer(at, "apt_1"), len(network.said())) == (None, 3)
    assert "11:32 EST is confirmed" in network.said()[-1]


def test_an_answer_is_for_a_visit_ahead_before_one_that_is_past(
    at: Reminding, network: Network
) -> None:
    soon = at.world.clock.now() + timedelta(hours=2, minutes=1)
    at.tell(at.told("apt_1", starts_at=soon + timedelta(hours=3)))
    at.remind("apt_2", starts_at=soon)
    at.later(hours=3)  # the reminder of the first goes out as the second has begun
    at.world.clock.advance(hours=1)
    network.reply("Y")
    network.reply("c")
    assert (_answer(at, "apt_1"), _answer(at, "apt_2")) == ("cancel_asked", None)


def test_after_c_the_next_answer_is_for_the_visit_that_was_asked_about(
    at: Reminding, network: Network
) -> None:
    at.remind("apt_1")
    network.reply("C")
    at.remind("apt_2")
    network.reply("CC")
    assert _told(at.world, "visit.cancel_wanted") == [apt("apt_1")]
    assert _answer(at, "apt_2") is None


def test_a_number_that_is_not_the_patient_s_any_more_says_nothing(
    at: Reminding, network: Network
) -> None:
    at.remind()
    body = demographics(phones=[{"number": "(212) 555-0199", "use": "mobile"}])
    path = f"/v1/patients/{at.patient_id}"
    assert at.world.call("PUT", path, body, token=at.desk, If_Match='"1"').status == 200
    network.reply("Y")
    assert (_answer(at), len(network.said())) == (None, 1)


def test_an_answer_to_a_visit_that_is_past_is_for_the_front_desk(
    at: Reminding, network: Network
) -> None:
    at.remind()
    at.world.clock.advance(hours=3)
    network.reply("Y")
    assert (_answer(at), at.tasks()) == (None, ["text_to_read"])


def test_a_stranger_s_text_changes_nothing(at: Reminding, network: Network) -> None:
    at.remind()
    before = at.world.items()
    network.reply("Y", number="+12125550999")
    assert at.world.items() == before


def test_a_death_at_any_call_takes_the_answer_once(at: Reminding, network: Network) -> None:
    at.remind("apt_0")
    with calls() as made:
        network.reply("Y")
    for call in range(len(made)):
        for after in (False, True):
            visit = f"apt_{call}{after}"
            at.remind(visit)
            before = len(network.said())
            told = network.text("Y")
            try:
                with dying(call, after=after):
                    at.world.deliver("messaging", [told])
            except Died:
                at.world.deliver("messaging", [told])
            at.world.deliver("messaging", [told])
            assert _answer(at, visit) == "confirmed"
            assert len(network.said()) - before <= 1
            assert _told(at.world, "visit.confirmed").count(apt(visit)) == 1


def test_a_visit_is_cancelled_by_text_from_booking_to_free_slot(
    world: World, network: Network
) -> None:
    made = clinic(world)
    clear(world, made.owner, "sms")
    patient = register_patient(world, made.token, language="es")
    appointment_id = made.booking("2026-03-05T10:00:00-05:00", patient_id=patient["id"])
    world.pump()
    world.clock.advance(days=1, hours=1, minutes=1)
    world.tick()
    network.reply("c")
    network.reply("cc")
    world.pump()
    made.token = sign_in(world, made.email)
    assert made.read(appointment_id)["status"] == "cancelled"
    booked, asked, sure, done = network.said()
    assert "queda reservada" in booked
    assert "le recordamos su cita" in asked
    assert "responda CC" in sure
    assert "retiramos su cita" in done
