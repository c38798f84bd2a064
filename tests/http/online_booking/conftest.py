"""Solving challenges takes time, and is not what most of these tests are about."""

import pytest

from chalicelib.online_booking import bot_check


@pytest.fixture(autouse=True)
def easy_challenges(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """But for the tests of the challenges themselves, a handful of hashes will do."""
    if request.path.stem != "test_bots":
        monkeypatch.setattr(bot_check, "BITS", 3)
