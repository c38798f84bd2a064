"""A reminder goes out once or, where nobody can know, is not sent again (DESIGN §4, PROMISES 32)."""

from itertools import product

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.faults import Died, answering, calls, dying
from tests.http.messaging.reminding import dying_at, provider, reminding
from tests.world import World

SENT = ("sent", "")


def test_duplicates_of_the_event_send_nothing_more(world: World) -> None:
    at = reminding(world)
    assert world.deliver("messaging", [at.due()] * 3) == []
    world.clock.advance(hours=2)
    assert world.deliver("messaging", [at.due()]) == []
    assert at.sent() == (1, 1)
    assert at.messages() == {"email": SENT, "sms": SENT}


def test_the_reminders_of_two_visits_are_two(world: World) -> None:
    at = reminding(world)
    at.remind("evt_1")
    at.remind("evt_2")
    assert at.sent() == (2, 2)


@pytest.mark.parametrize(("service", "channel"), [("sesv2", "email"), ("sns", "sms")])
def test_a_death_as_the_provider_is_asked_leaves_unknown_and_is_never_sent_again(
    world: World, service: str, channel: str
) -> None:
    at = reminding(world)
    with dying_at(service), pytest.raises(Died):
        at.remind()
    assert at.messages()[channel] == ("sending", "")
    for _ in range(3):
        assert at.remind() == []
    other = {"email": "sms", "sms": "email"}[channel]
    assert at.messages() == {channel: ("unknown", ""), other: SENT}
    assert sum(at.sent()) == 1


def test_a_death_at_any_table_call_sends_at_most_once_by_each_channel(world: World) -> None:
    at = reminding(world)
    with calls() as sent:
        at.remind("evt_undisturbed")
    endings = []
    for call, after in product(range(len(sent)), (False, True)):
        event_id, before = f"evt_{call}{after}", at.sent()
        with dying(call, after=after), pytest.raises(Died):
            at.remind(event_id)
        assert at.remind(event_id) == []
        assert at.remind(event_id) == []
        told = at.messages(event_id)
        for channel, then, now in zip(("email", "sms"), before, at.sent(), strict=True):
            assert now - then in ((1,) if told[channel] == SENT else (0, 1)), (call, after, channel)
            endings.append(told[channel][0])
    assert set(endings) == {"sent", "unknown"}
    assert endings.count("unknown") == 4


@pytest.mark.parametrize(
    "refusal",
    [("MessageRejected", 400), ("BadRequestException", 400), ("AccountSuspendedException", 400)],
)
def test_what_the_mail_provider_refuses_has_failed_for_good(
    world: World, refusal: tuple[str, int]
) -> None:
    at = reminding(world)
    with provider("sesv2", refusal) as asked:
        assert at.remind() == []
    assert at.remind() == []
    assert asked == [1]
    assert at.messages() == {"email": ("failed", "message_not_accepted"), "sms": SENT}
    assert at.sent() == (0, 1)


@pytest.mark.parametrize("refusal", [("InvalidParameter", 400), ("OptedOut", 400)])
def test_what_the_network_refuses_has_failed_for_good(
    world: World, refusal: tuple[str, int]
) -> None:
    at = reminding(world)
    with provider("sns", refusal):
        assert at.remind() == []
    assert at.remind() == []
    assert at.messages() == {"email": SENT, "sms": ("failed", "message_not_accepted")}


@pytest.mark.parametrize(
    "fault",
    [
        ("TooManyRequestsException", 429),
        ("ThrottlingException", 400),
        ConnectTimeoutError(endpoint_url="https://provider"),
    ],
    ids=["too many", "throttled", "not reached"],
)
def test_what_surely_did_not_go_out_is_sent_when_the_queue_brings_it_again(
    world: World, fault: object
) -> None:
    at = reminding(world)
    with provider("sesv2", fault) as asked:
        assert at.remind() == ["0"]
    assert asked == [1]
    assert at.messages() == {"email": ("not_sent", "unavailable"), "sms": SENT}
    assert at.remind() == []
    assert at.remind() == []
    assert at.messages() == {"email": SENT, "sms": SENT}
    assert at.sent() == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [
        ReadTimeoutError(endpoint_url="https://provider"),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
    ],
    ids=["no answer", "500", "503"],
)
def test_what_may_have_gone_out_is_not_sent_again(world: World, fault: object) -> None:
    at = reminding(world)
    with provider("sns", fault) as asked:
        assert at.remind() == []
        assert at.remind() == []
    assert at.remind() == []
    assert asked == [1]
    assert at.messages() == {"email": SENT, "sms": ("unknown", "message_outcome_unknown")}


def test_an_outage_of_the_table_before_the_message_is_staged_sends_nothing(world: World) -> None:
    at = reminding(world)
    with answering("TransactWriteItems", times=99, error="InternalServerError"):
        assert at.remind() == ["0"]
    assert (at.sent(), at.messages()) == ((0, 0), {})
    assert at.remind() == []
    assert at.sent() == (1, 1)
