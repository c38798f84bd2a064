"""Links to video visits: what they say, and that nobody else makes one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.messaging.video_tokens import VideoToken, video_token
from chalicelib.messaging.visit_tokens import VisitToken
from chalicelib.platform.ids import derived_id

pytestmark = pytest.mark.usefixtures("aws")
STARTS = datetime(2026, 3, 2, 14, 10, tzinfo=UTC)
TOKENS = st.builds(
    VideoToken,
    st.integers(0, 99).map(lambda number: derived_id("prc", str(number))),
    st.integers(0, 99).map(lambda number: derived_id("apt", str(number))),
    st.integers(-(10**6), 10**7).map(lambda minutes: STARTS + timedelta(minutes=minutes)),
    st.tuples(st.sampled_from("pg"), st.integers(0, 127)).map(lambda seat: f"{seat[0]}{seat[1]}"),
)


@settings(max_examples=100, deadline=None)
@given(TOKENS, st.integers(0, 65), st.sampled_from("ABC-_9"))
def test_a_link_says_what_it_was_made_of_and_no_letter_of_it_can_be_changed(
    token: VideoToken, at: int, letter: str
) -> None:
    secret = token.secret()
    assert len(secret) == 66
    assert video_token(secret) == token
    changed = f"{secret[:at]}{letter}{secret[at + 1 :]}"
    assert video_token(changed) in (None, token)
    assert changed == secret or at == 65 or video_token(changed) is None


def test_a_link_of_a_reminder_s_answer_opens_no_room() -> None:
    answer = VisitToken(derived_id("prc", "1"), derived_id("apt", "1"), 1, "2d").secret()
    for secret in (answer, answer + "AAA", "", "=", "ü" * 66, "A" * 66):
        assert video_token(secret) is None
