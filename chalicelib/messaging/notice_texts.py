"""What patients are told of a visit that is booked, moved or cancelled, and of a series of them. Pure.

As `visit_texts`: by language, and what goes to phones keeps to GSM-7. `{count}` is of a series alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .purposes import Purpose
from .visit_texts import ENGLISH, FRENCH, LANGUAGES, SPANISH

SERIES_BOOKED, SERIES_MOVED, SERIES_CANCELLED = "series_booked", "series_moved", "series_cancelled"


@dataclass(frozen=True, slots=True)
class Words:
    """A message by mail, with its subject, and by text."""

    subject: str
    mail: str
    sms: str


_ENGLISH = {
    Purpose.BOOKED: Words(
        "Your appointment at {practice} is booked",
        "Your appointment at {practice} is booked: {date}, {time}.\n"
        "Confirm it, cancel it or ask for another time: {link}\n"
        "To change it, call {phone}.",
        "{practice}: your appointment on {date}, {time} is booked.",
    ),
    Purpose.MOVED: Words(
        "Your appointment at {practice} has moved",
        "Your appointment at {practice} has moved. It is now on {date}, {time}.\n"
        "Confirm it, cancel it or ask for another time: {link}\n"
        "To change it, call {phone}.",
        "{practice}: your appointment is now on {date}, {time}.",
    ),
    Purpose.CANCELLED: Words(
        "Your appointment at {practice} is cancelled",
        "Your appointment of {date}, {time} at {practice} is cancelled.\n"
        "For another one, call {phone}.",
        "{practice}: your appointment of {date}, {time} is cancelled.",
    ),
    SERIES_BOOKED: Words(
        "Your appointments at {practice} are booked",
        "{count} appointments at {practice} are booked, the first on {date}, {time}.\n"
        "To change them, call {phone}.",
        "{practice}: {count} appointments are booked, the first on {date}, {time}.",
    ),
    SERIES_MOVED: Words(
        "Your appointments at {practice} have moved",
        "{count} appointments at {practice} have moved. The next is on {date}, {time}.\n"
        "To change them, call {phone}.",
        "{practice}: {count} appointments have moved, the next is on {date}, {time}.",
    ),
    SERIES_CANCELLED: Words(
        "Your appointments at {practice} are cancelled",
        "{count} appointments at {practice} from {date}, {time} on are cancelled.\n"
        "For others, call {phone}.",
        "{practice}: {count} appointments from {date}, {time} on are cancelled.",
    ),
}
_SPANISH = {
    Purpose.BOOKED: Words(
        "Su cita en {practice} queda reservada",
        "Su cita en {practice} queda reservada: {date}, {time}.\n"
        "Confírmela, cancélela o pida otra hora: {link}\n"
        "Para cambiarla, llame al {phone}.",
        "{practice}: su cita del {date}, {time} queda reservada.",
    ),
    Purpose.MOVED: Words(
        "Su cita en {practice} ha cambiado",
        "Su cita en {practice} ha cambiado. Ahora es el {date}, {time}.\n"
        "Confírmela, cancélela o pida otra hora: {link}\n"
        "Para cambiarla, llame al {phone}.",
        "{practice}: su cita es ahora el {date}, {time}.",
    ),
    Purpose.CANCELLED: Words(
        "Su cita en {practice} queda cancelada",
        "Su cita del {date}, {time} en {practice} queda cancelada.\nPara otra, llame al {phone}.",
        "{practice}: su cita del {date}, {time} queda cancelada.",
    ),
    SERIES_BOOKED: Words(
        "Sus citas en {practice} quedan reservadas",
        "{count} citas en {practice} quedan reservadas, la primera el {date}, {time}.\n"
        "Para cambiarlas, llame al {phone}.",
        "{practice}: {count} citas reservadas, la primera el {date}, {time}.",
    ),
    SERIES_MOVED: Words(
        "Sus citas en {practice} han cambiado",
        "{count} citas en {practice} han cambiado. La próxima es el {date}, {time}.\n"
        "Para cambiarlas, llame al {phone}.",
        "{practice}: {count} citas han cambiado, la primera es el {date}, {time}.",
    ),
    SERIES_CANCELLED: Words(
        "Sus citas en {practice} quedan canceladas",
        "{count} citas en {practice} desde el {date}, {time} quedan canceladas.\n"
        "Para otras, llame al {phone}.",
        "{practice}: {count} citas desde el {date}, {time} quedan canceladas.",
    ),
}
_FRENCH = {
    Purpose.BOOKED: Words(
        "Votre rendez-vous à {practice} est réservé",
        "Votre rendez-vous à {practice} est réservé : {date}, {time}.\n"
        "Confirmez-le, annulez-le ou demandez un autre horaire : {link}\n"
        "Pour le changer, appelez le {phone}.",
        "{practice}: votre rendez-vous du {date}, {time} est réservé.",
    ),
    Purpose.MOVED: Words(
        "Votre rendez-vous à {practice} est déplacé",
        "Votre rendez-vous à {practice} est déplacé. Il a lieu le {date}, {time}.\n"
        "Confirmez-le, annulez-le ou demandez un autre horaire : {link}\n"
        "Pour le changer, appelez le {phone}.",
        "{practice}: votre rendez-vous est maintenant le {date}, {time}.",
    ),
    Purpose.CANCELLED: Words(
        "Votre rendez-vous à {practice} est annulé",
        "Votre rendez-vous du {date}, {time} à {practice} est annulé.\n"
        "Pour un autre, appelez le {phone}.",
        "{practice}: votre rendez-vous du {date}, {time} est annulé.",
    ),
    SERIES_BOOKED: Words(
        "Vos rendez-vous à {practice} sont réservés",
        "{count} rendez-vous à {practice} sont réservés, le premier le {date}, {time}.\n"
        "Pour les changer, appelez le {phone}.",
        "{practice}: {count} rendez-vous réservés, le premier le {date}, {time}.",
    ),
    SERIES_MOVED: Words(
        "Vos rendez-vous à {practice} sont déplacés",
        "{count} rendez-vous à {practice} sont déplacés. Le prochain a lieu le {date}, {time}.\n"
        "Pour les changer, appelez le {phone}.",
        "{practice}: {count} rendez-vous déplacés, le premier le {date}, {time}.",
    ),
    SERIES_CANCELLED: Words(
        "Vos rendez-vous à {practice} sont annulés",
        "{count} rendez-vous à {practice} à partir du {date}, {time} sont annulés.\n"
        "Pour d'autres, appelez le {phone}.",
        "{practice}: {count} rendez-vous à partir du {date}, {time} sont annulés.",
    ),
}
_NOTICES: Mapping[str, Mapping[str, Words]] = {
    ENGLISH: _ENGLISH,
    SPANISH: _SPANISH,
    FRENCH: _FRENCH,
}


def words_of(purpose: str, language: str) -> Words:
    """Ours for this purpose; in English where we do not write the language."""
    written = language if language in LANGUAGES else ENGLISH
    if purpose == Purpose.REMINDER:
        ours = LANGUAGES[written]
        return Words(ours.subject, ours.mail, ours.sms)
    return _NOTICES[written][purpose]
