"""What we write about a visit, by language: English, Spanish, French. Pure.

The texts for phones keep to the letters of GSM-7 (3GPP TS 23.038), so that one segment holds 160.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ..platform.icalendar import CalendarFile

ENGLISH, SPANISH, FRENCH = "en", "es", "fr"
REPLY_CONFIRMED, REPLY_CANCEL_ASKED = "reply_confirmed", "reply_cancel_asked"
REPLY_CANCELLED, REPLY_HELP, REPLY_RESUMED = "reply_cancelled", "reply_help", "reply_resumed"
"""Answers to what a patient texted."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A text with its subject, and the calendar file that goes with it; a text message has neither."""

    subject: str
    text: str
    calendar: "CalendarFile | None" = None


@dataclass(frozen=True, slots=True)
class Language:
    """All built-in texts of one language. `answer` is added where a text can be answered, `video`
    where a visit is joined by a link."""

    weekdays: str
    months: str
    subject: str
    mail: str
    sms: str
    video: str
    answer: str
    opt_out: str
    replies: Mapping[str, str]

    def day(self, instant: datetime, zone: ZoneInfo) -> str:
        """`Mon 2 Mar 2026`: the day on the wall at the location."""
        at = instant.astimezone(zone)
        weekday, month = self.weekdays.split()[at.weekday()], self.months.split()[at.month - 1]
        return f"{weekday} {at.day} {month} {at.year}"


LANGUAGES: Mapping[str, Language] = {
    ENGLISH: Language(
        weekdays="Mon Tue Wed Thu Fri Sat Sun",
        months="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        subject="Your appointment at {practice}",
        mail="This is a reminder of your appointment on {date}, {time} at {practice}.\n"
        "Confirm it, cancel it or ask for another time: {link}\n"
        "To change it, call {phone}.",
        sms="{practice}: reminder of your appointment on {date}, {time}.",
        video="Join by video: {video}",
        answer="Reply Y to confirm, C to cancel.",
        opt_out="Reply STOP to end texts.",
        replies={
            REPLY_CONFIRMED: "{practice}: thank you, your appointment on {date}, {time} is confirmed.",
            REPLY_CANCEL_ASKED: "{practice}: to cancel your appointment on {date}, {time}, reply CC. "
            "To keep it, reply Y.",
            REPLY_CANCELLED: "{practice}: we take your appointment on {date}, {time} off our schedule.",
            REPLY_HELP: "{practice}: texts about your appointments.\nCall {phone}.",
            REPLY_RESUMED: "{practice}: you get our texts again.",
        },
    ),
    SPANISH: Language(
        weekdays="lun mar mié jue vie sab dom",
        months="ene feb mar abr may jun jul ago sep oct nov dic",
        subject="Su cita en {practice}",
        mail="Le recordamos su cita del {date}, {time} en {practice}.\n"
        "Confírmela, cancélela o pida otra hora: {link}\n"
        "Para cambiarla, llame al {phone}.",
        sms="{practice}: le recordamos su cita del {date}, {time}.",
        video="Por video: {video}",
        answer="Responda SI para confirmar, C para cancelar.",
        opt_out="STOP para no recibir textos.",
        replies={
            REPLY_CONFIRMED: "{practice}: gracias, su cita del {date}, {time} queda confirmada.",
            REPLY_CANCEL_ASKED: "{practice}: para cancelar su cita del {date}, {time}, responda CC. "
            "Para mantenerla, responda SI.",
            REPLY_CANCELLED: "{practice}: retiramos su cita del {date}, {time} de la agenda.",
            REPLY_HELP: "{practice}: textos sobre sus citas.\nLlame al {phone}.",
            REPLY_RESUMED: "{practice}: vuelve a recibir nuestros textos.",
        },
    ),
    FRENCH: Language(
        weekdays="lun mar mer jeu ven sam dim",
        months="janv févr mars avr mai juin juil aout sept oct nov déc",
        subject="Votre rendez-vous à {practice}",
        mail="Nous vous rappelons votre rendez-vous du {date}, {time} à {practice}.\n"
        "Confirmez-le, annulez-le ou demandez un autre horaire : {link}\n"
        "Pour le changer, appelez le {phone}.",
        sms="{practice}: rappel, rendez-vous le {date}, {time}.",
        video="En visio : {video}",
        answer="OUI pour confirmer, C pour annuler.",
        opt_out="STOP pour ne plus recevoir de SMS.",
        replies={
            REPLY_CONFIRMED: "{practice}: merci, votre rendez-vous du {date}, {time} est confirmé.",
            REPLY_CANCEL_ASKED: "{practice}: pour annuler votre rendez-vous du {date}, {time}, "
            "répondez CC. Pour le garder, répondez OUI.",
            REPLY_CANCELLED: "{practice}: votre rendez-vous du {date}, {time} est retiré de l'agenda.",
            REPLY_HELP: "{practice}: SMS sur vos rendez-vous.\nAppelez le {phone}.",
            REPLY_RESUMED: "{practice}: vous recevez de nouveau nos SMS.",
        },
    ),
}


def language_of(*wanted: str | None, known: Collection[str] = LANGUAGES) -> str:
    """The first of these language tags that is known, English if none: `es-MX` → `es`."""
    spoken = (tag.partition("-")[0].lower() for tag in wanted if tag)
    return next((each for each in spoken if each in known), ENGLISH)


def day_text(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """`Mon 2 Mar 2026`, or `2026-03-02` in a language that we do not write in."""
    words = LANGUAGES.get(language)
    return words.day(instant, zone) if words else instant.astimezone(zone).date().isoformat()


def time_text(instant: datetime, zone: ZoneInfo) -> str:
    """`09:00 EST`: the time on the wall at the location."""
    return f"{instant.astimezone(zone):%H:%M %Z}"
