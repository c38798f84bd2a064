"""Names of devices, as browsers give themselves away."""

import pytest

from chalicelib.identity.sessions.devices import device_of

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/143.0 Safari/537.36", "Chrome on Windows"),
        (f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) Version/26.1 Safari/605.1.15", "Safari on macOS"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 26_1 like Mac OS X) Version/26.1 Safari/604.1", "Safari on iPhone"),
        (f"{MOZILLA} (iPad; CPU OS 26_1 like Mac OS X) CriOS/143.0 Safari/604.1", "Chrome on iPad"),
        (f"{MOZILLA} (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux"),
        (f"{MOZILLA} (Linux; Android 16; Pixel 10) {WEBKIT} Chrome/143.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"{MOZILLA} (X11; CrOS x86_64) {WEBKIT} Chrome/143.0 Safari/537.36", "Chrome on ChromeOS"),
        ("CareloomDesk/2.1", "CareloomDesk"),
        ("curl/8.14", "curl"),
        ("<script>alert(1)</script>/1", "scriptalert1"),
        ("x" * 400, "x" * 40),
        ("", "Unknown device"),
        ("///", "Unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_named_by_families_alone(user_agent: str, name: str) -> None:
    assert device_of(user_agent) == name
