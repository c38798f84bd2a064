"""What is written to whom a time is offered, by language: English, Spanish, French. Pure.

When, until when, and the link: neither why nor with whom. The texts for phones keep to the letters of
GSM-7 (3GPP TS 23.038) and say how to end texts (47 CFR 64.1200(a)(10)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..messaging.visit_texts import (
    ENGLISH,
    FRENCH,
    LANGUAGES,
    SPANISH,
    Mail,
    day_text,
    language_of,
    time_text,
)
from ..messaging.wording import SMS, filled


@dataclass(frozen=True, slots=True)
class OfferWords:
    """The texts of one language."""

    subject: str
    mail: str
    sms: str


WORDS: Mapping[str, OfferWords] = {
    ENGLISH: OfferWords(
        subject="An earlier time at {practice}",
        mail="Hello {first_name},\n"
        "A time you are waiting for is free: {date}, {time} at {practice}.\n"
        "It is held for you until {until}. Take it or leave it: {link}\n"
        "Questions? Call {phone}.",
        sms="{practice}: a time is free on {date}, {time}. Held for you until {until}: {link}",
    ),
    SPANISH: OfferWords(
        subject="Una hora libre en {practice}",
        mail="Hola {first_name}:\n"
        "Hay una hora libre de las que espera: {date}, {time} en {practice}.\n"
        "Se la reservamos hasta las {until}. Acéptela o déjela: {link}\n"
        "¿Preguntas? Llame al {phone}.",
        sms="{practice}: hay una hora libre el {date}, {time}. Reservada hasta las {until}: {link}",
    ),
    FRENCH: OfferWords(
        subject="Un horaire libre à {practice}",
        mail="Bonjour {first_name},\n"
        "Un horaire que vous attendez est libre : {date}, {time} à {practice}.\n"
        "Il vous est réservé jusqu'à {until}. Acceptez-le ou laissez-le : {link}\n"
        "Des questions ? Appelez le {phone}.",
        sms="{practice}: un horaire est libre le {date}, {time}. Réservé jusqu'à {until}: {link}",
    ),
}


@dataclass(frozen=True, slots=True)
class OfferWriter:
    """Writes to one patient of one offer; `values` are the variables that do not hang on language."""

    language: str
    zone: ZoneInfo
    starts_at: datetime
    until: datetime
    values: Mapping[str, str]

    def written(self, channel: str) -> Mail:
        words = WORDS[self.language]
        values = {
            **self.values,
            "date": day_text(self.starts_at, self.zone, self.language),
            "time": time_text(self.starts_at, self.zone),
            "until": time_text(self.until, self.zone),
        }
        if channel == SMS:
            return Mail("", f"{filled(words.sms, values)} {LANGUAGES[self.language].opt_out}")
        return Mail(filled(words.subject, values), f"{filled(words.mail, values)}\n")


def spoken_in(*wanted: str | None) -> str:
    """The first of these language tags that we write in, English if none."""
    return language_of(*wanted, known=WORDS)
