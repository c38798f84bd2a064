"""What a text means: every stop word ends texting, and CANCEL never cancels a visit (47 CFR 64.1200)."""

import pytest

from chalicelib.messaging.reply_words import (
    CANCEL,
    CANCEL_SURELY,
    HELP,
    OTHER,
    START,
    STOP,
    YES,
    meaning_of,
    says_more,
)

NAMED_BY_LAW = ["STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE"]
SAID = {
    STOP: [
        *NAMED_BY_LAW,
        *(word.lower() for word in NAMED_BY_LAW),
        *(f" {word.title()}!! " for word in NAMED_BY_LAW),
        *(f"{word} please" for word in NAMED_BY_LAW),
        "opt-out", "Stop.", "STOPALL", "stop texting me", "Please stop sending me texts",
        "stop all messages", "Don't text me", "don’t text me again", "do not text this number",
        "no more texts", "No more messages please!", "remove me", "take me off your list",
        "please remove me from this list", "cancel texts", "Cancel all", "stop it", "unsub",
        "I revoke my consent", "withdraw consent", "please do not text", "No quiero más mensajes",
        "Je ne veux plus recevoir de SMS",
        "leave me alone", "I want to opt out", "unsubscribe me", "never text me",
        "ALTO", "Parar", "baja", "Cancelar", "no más mensajes", "No me escriban", "dejen de enviar",
        "Arrêt", "ARRETEZ", "désabonner", "plus de SMS svp", "Ne m'envoyez plus rien", "annuler",
    ],
    START: ["START", "start", "Unstop", "resume"],
    HELP: ["HELP", "help!", "info", "Ayuda", "aide"],
    YES: ["Y", "y", "YES", "Yes!", "yes please", "Sí", "si", "OUI", "confirm"],
    CANCEL: ["C", "c", " c. "],
    CANCEL_SURELY: ["CC", "cc", "c c"],
    OTHER: [
        "cancel my appointment", "can I stop by at 9?", "No", "N", "CCC", "I am late", "yes but later",
        "I do not text while driving, but I come", "Sorry, I could not text you earlier",
        "please remove me from the 3pm slot", "Take me off Tuesday's schedule",
        "Don't message Dr Lee, I will call", "I did not message the office",
        "the bus does not stop there", "is this the end?", "", "👍", "K", "I can't come",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "meaning"), [(text, meaning) for meaning, texts in SAID.items() for text in texts]
)
def test_a_text_means(text: str, meaning: str) -> None:
    assert meaning_of(text) == meaning


def test_a_stop_word_alone_needs_no_reader_and_an_end_among_other_words_does() -> None:
    assert not any(map(says_more, ["STOP", "stop, please!", "Opt-out.", "CANCEL 🙏", "alto"]))
    assert all(map(says_more, ["stop texting me, the pain is worse", "take me off your list"]))
