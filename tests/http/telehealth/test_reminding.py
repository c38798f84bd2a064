"""The link in a reminder of a visit by video: it opens the visit, and says nothing of health."""

import re
from datetime import timedelta

import pytest

from chalicelib.messaging.video_tokens import VideoToken, video_token
from tests.http.messaging.reminding import VISIT, apt, reminding
from tests.world import World, sign_in

LINK = re.compile(r"https?://\S+/video/([A-Za-z0-9_-]{66})")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Join by video:"), ("es", "Por video:"), ("fr", "En visio :")],
)
def test_a_text_has_the_link_and_stays_in_two_segments(
    world: World, language: str, words: str
) -> None:
    at = reminding(world, language=language)
    assert at.remind(modality="video") == []
    ((_number, text),) = world.texts()
    assert len(LINK.findall(text)) == 1
    assert words in text
    assert text.isascii() or language != "en"
    assert len(text) <= 306, text
    for canary in ("Rosa", "Diaz", "Follow-up"):
        assert canary not in text


def test_a_mail_has_both_links_and_one_of_another_visit_has_none(world: World) -> None:
    at = reminding(world, preferred_channel="email")
    at.remind(modality="video")
    at.remind("apt_2")
    by_video, other = world.mails()
    assert len(LINK.findall(by_video)) == 1
    assert "/visit/" in by_video
    assert LINK.findall(other) == []


def test_a_practice_s_own_text_may_say_where_it_stands_and_else_gets_it_added(world: World) -> None:
    at = reminding(world)
    owner = sign_in(world, "ada@clinic.example")
    path, own = "/v1/message-templates/sms.es", {"text": "{date}: {video} at {time}."}
    assert world.call("PUT", path, own, token=owner, If_Match='"0"').status == 200
    at.remind(modality="video")
    at.remind("apt_2")
    (_, by_video), (_, other) = world.texts()
    assert re.search(r"2026: https?://\S+/video/\S+ at ", by_video)
    assert len(LINK.findall(by_video)) == 1
    assert LINK.findall(other) == []


def test_the_link_is_the_patient_s_and_of_the_time_that_is_told(world: World) -> None:
    at = reminding(world)
    starts_at = world.clock.now() + timedelta(hours=2, minutes=1)
    at.remind(modality="video")
    ((_number, text),) = world.texts()
    token = video_token(LINK.findall(text)[0])
    assert token == VideoToken(at.practice_id, apt(VISIT), starts_at, "p0")
