"""A reminder goes out once or, where nobody can know, is not sent again (DESIGN §4, PROMISES 32)."""

from itertools import product
from random import Random

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests import tables
from tests.faults import Died, answering, calls, dying
from tests.http.messaging.reminding import Reminding, dying_at, provider, reminding
from tests.world import World

BY_SMS, BY_MAIL = ("sms", "sent", ""), ("email", "sent", "")


def test_duplicates_of_what_is_due_send_nothing_more(world: World) -> None:
    at = reminding(world)
    message = at.ready()
    assert world.deliver("messaging", [message] * 3) == []
    world.clock.advance(hours=1)
    assert world.deliver("messaging", [message]) == []
    assert at.sent() == (0, 1)
    assert at.message() == BY_SMS


def test_the_reminders_of_two_visits_are_two(world: World) -> None:
    at = reminding(world)
    at.remind("apt_1")
    at.remind("apt_2")
    assert at.sent() == (0, 2)


@pytest.mark.parametrize(("service", "channel"), [("sesv2", "email"), ("sns", "sms")])
def test_a_death_as_the_provider_is_asked_is_never_sent_again_and_a_task_says_so(
    world: World, service: str, channel: str
) -> None:
    at = reminding(world, preferred_channel=channel)
    message = at.ready()
    with dying_at(service), pytest.raises(Died):
        world.deliver("messaging", [message])
    assert at.message() == (channel, "sending", "")
    for _ in range(3):
        assert world.deliver("messaging", [message]) == []
    assert (at.message(), at.tasks()) == ((channel, "sending", ""), [])
    at.later(minutes=3)
    assert at.message() == (channel, "unknown", "no_answer")
    assert at.tasks() == ["message_outcome_unknown"]
    at.later(minutes=10)
    assert at.tasks() == ["message_outcome_unknown"]
    assert sum(at.sent()) == 0


def test_a_death_at_any_call_sends_at_most_once(world: World) -> None:
    at = reminding(world)
    assert _deaths(at, Random(32), least=1) > 15


@pytest.mark.campaign
def test_three_hundred_deaths_at_any_call_send_at_most_once(world: World) -> None:
    assert _deaths(reminding(world), Random(300), least=300) >= 300


def _deaths(at: Reminding, random: Random, *, least: int) -> int:
    """Die before and after each call; then the message comes again, twice, and time passes.

    Sent once, or unknown with a task: never twice, and never neither. How many deaths. Each begins
    at the same time: quiet hours would come.
    """
    kept, start = tables.image(), at.world.clock.now()
    message = at.ready("apt_undisturbed")
    with calls() as sent:
        at.world.deliver("messaging", [message])
    done, endings = 0, []
    while done < least:
        for call, after in product(range(len(sent)), (False, True)):
            visit = f"apt_{done}"
            tables.put_back(kept)
            at.world.clock.instant = start
            message, before = at.ready(visit), sum(at.sent())
            tasks = len(at.tasks())
            with dying(call, after=after), pytest.raises(Died):
                at.world.deliver("messaging", [message])
            at.world.deliver("messaging", [message] * random.randint(1, 3))
            at.world.clock.advance(minutes=3)
            for _, body in at.all_due():
                at.world.deliver("messaging", [body])
            told = at.message(visit)
            assert told is not None
            endings.append(told[1])
            went = sum(at.sent()) - before
            assert went in ((1,) if told[1] == "sent" else (0, 1)), (call, after, told)
            assert len(at.tasks()) - tasks == (told[1] == "unknown"), (call, after)
            assert at.steps(visit) == []
            done += 1
    assert set(endings) == {"sent", "unknown"}
    return done


@pytest.mark.parametrize(
    "refusal",
    [("MessageRejected", 400), ("BadRequestException", 400), ("AccountSuspendedException", 400)],
)
def test_what_the_mail_provider_refuses_goes_by_sms(world: World, refusal: tuple[str, int]) -> None:
    at = reminding(world, preferred_channel="email")
    message = at.ready()
    with provider("sesv2", refusal) as asked:
        assert world.deliver("messaging", [message]) == []
    assert world.deliver("messaging", [message]) == []
    assert asked == [1]
    assert (at.message(), at.sent(), at.tasks()) == (BY_SMS, (0, 1), [])


@pytest.mark.parametrize("refusal", [("InvalidParameter", 400), ("OptedOut", 400)])
def test_what_the_network_refuses_goes_by_mail(world: World, refusal: tuple[str, int]) -> None:
    at = reminding(world)
    with provider("sns", refusal):
        assert at.remind() == []
    assert (at.message(), at.sent(), at.tasks()) == (BY_MAIL, (1, 0), [])


def test_what_every_channel_refuses_has_failed_for_good_and_a_task_says_so(world: World) -> None:
    at = reminding(world)
    message = at.ready()
    with provider("sns", ("OptedOut", 400)), provider("sesv2", ("MessageRejected", 400)):
        assert world.deliver("messaging", [message]) == []
    assert world.deliver("messaging", [message]) == []
    assert at.message() == ("email", "failed", "message_not_accepted")
    assert (at.sent(), at.tasks()) == ((0, 0), ["message_not_sent"])


@pytest.mark.parametrize(
    "fault",
    [
        ("TooManyRequestsException", 429),
        ("ThrottlingException", 400),
        ConnectTimeoutError(endpoint_url="https://provider"),
    ],
    ids=["too many", "throttled", "not reached"],
)
def test_what_surely_did_not_go_out_is_sent_five_minutes_later(world: World, fault: object) -> None:
    at = reminding(world)
    message = at.ready()
    with provider("sns", fault) as asked:
        assert world.deliver("messaging", [message]) == []
        assert world.deliver("messaging", [message]) == [], "it is due later now"
    assert asked == [1]
    assert at.message() == ("sms", "not_sent", "unavailable")
    at.later(minutes=4)
    assert at.sent() == (0, 0)
    at.later(minutes=1)
    at.later(minutes=10)
    assert (at.message(), at.sent(), at.tasks()) == (BY_SMS, (0, 1), [])


def test_what_cannot_go_out_before_the_visit_begins_is_a_task(world: World) -> None:
    at = reminding(world)
    message = at.ready()
    with provider("sns", ("ThrottlingException", 400)) as asked:
        world.deliver("messaging", [message])
        for _ in range(25):
            at.later(minutes=5)
    assert asked == [24]
    assert at.message() == ("sms", "not_sent", "unavailable")
    assert (at.sent(), at.tasks()) == ((0, 0), ["message_not_sent"])
    assert "duepk" not in at.reminders()


@pytest.mark.parametrize(
    "fault",
    [
        ReadTimeoutError(endpoint_url="https://provider"),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
    ],
    ids=["no answer", "500", "503"],
)
def test_what_may_have_gone_out_is_not_sent_again_by_any_channel(
    world: World, fault: object
) -> None:
    at = reminding(world)
    message = at.ready()
    with provider("sns", fault) as asked:
        assert world.deliver("messaging", [message] * 2) == []
    assert world.deliver("messaging", [message]) == []
    at.later(minutes=5)
    assert asked == [1]
    assert at.message() == ("sms", "unknown", "message_outcome_unknown")
    assert (at.sent(), at.tasks()) == ((0, 0), ["message_outcome_unknown"])


def test_an_outage_of_the_table_before_the_message_is_staged_sends_nothing(world: World) -> None:
    at = reminding(world)
    message = at.ready()
    with answering("TransactWriteItems", times=99, error="InternalServerError"):
        assert world.deliver("messaging", [message]) == ["0"]
    assert (at.sent(), at.message()) == ((0, 0), None)
    assert world.deliver("messaging", [message]) == []
    assert at.sent() == (0, 1)
