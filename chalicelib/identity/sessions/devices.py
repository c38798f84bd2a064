"""What to call the device of a session: families only, as its user would say it."""

UNKNOWN = "Unknown device"
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""The sign in a User-Agent, and the name; the first that is there, since later ones are in it too."""


def device_of(user_agent: str) -> str:
    """`Firefox on Windows`; a program that names no system by the first word, up to 40 letters."""
    program = _named(PROGRAMS, user_agent)
    system = _named(SYSTEMS, user_agent)
    if program and system:
        return f"{program} on {system}"
    first = user_agent.partition("/")[0].strip()
    plain = "".join(letter for letter in first if letter.isalnum() or letter in " .-_")[:40]
    return program or system or plain or UNKNOWN


def _named(table: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for sign, name in table if sign in user_agent), None)
