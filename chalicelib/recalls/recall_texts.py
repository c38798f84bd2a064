"""What is written to who is due: that it is time to book, and how; neither what for nor why. Pure.

A line whose variable has no value is left out. The texts for phones keep to the letters of GSM-7.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..messaging.visit_texts import ENGLISH, FRENCH, LANGUAGES, SPANISH, Mail, language_of
from ..messaging.wording import SMS, filled


@dataclass(frozen=True, slots=True)
class RecallWords:
    """The texts of one language."""

    subject: str
    mail: str
    sms: str


WORDS: Mapping[str, RecallWords] = {
    ENGLISH: RecallWords(
        subject="Time to book at {practice}",
        mail="Hello {first_name},\n"
        "It is time to book your next appointment at {practice}.\n"
        "Book online: {link}\n"
        "Or call {phone}.",
        sms="{practice}: it is time to book your next appointment.\nOnline: {link}\nCall {phone}.",
    ),
    SPANISH: RecallWords(
        subject="Es hora de pedir cita en {practice}",
        mail="Hola {first_name}:\n"
        "Es hora de pedir su próxima cita en {practice}.\n"
        "Pídala en línea: {link}\n"
        "O llame al {phone}.",
        sms="{practice}: es hora de pedir una nueva cita.\nPor internet: {link}\nLlame al {phone}.",
    ),
    FRENCH: RecallWords(
        subject="Il est temps de prendre rendez-vous à {practice}",
        mail="Bonjour {first_name},\n"
        "Il est temps de prendre votre prochain rendez-vous à {practice}.\n"
        "En ligne : {link}\n"
        "Ou appelez le {phone}.",
        sms="{practice}: il est temps de prendre rendez-vous.\nEn ligne: {link}\nAppelez le {phone}.",
    ),
}


@dataclass(frozen=True, slots=True)
class RecallWriter:
    """Writes to one patient, with the variables' values."""

    language: str
    values: Mapping[str, str]

    def written(self, channel: str) -> Mail:
        words = WORDS[self.language]
        if channel == SMS:
            opt_out = LANGUAGES[self.language].opt_out
            return Mail("", f"{filled(words.sms, self.values)}\n{opt_out}")
        return Mail(filled(words.subject, self.values), f"{filled(words.mail, self.values)}\n")


def spoken_in(*wanted: str | None) -> str:
    """The first of these language tags that we write in, English if none."""
    return language_of(*wanted, known=WORDS)
