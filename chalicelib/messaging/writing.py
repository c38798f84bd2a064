"""What is written to a patient about a visit: in their language, with what is safe on the channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from ..patients.models import Patient
from ..platform.context import Context
from ..platform.icalendar import CalendarFile
from ..platform.store import find_many
from ..practices.models import Location, Practice
from .models import OwnText
from .notice_texts import words_of
from .own_texts import own_texts, with_signs
from .ports import can_be_answered
from .purposes import Purpose
from .visit_texts import (
    ENGLISH,
    LANGUAGES,
    REPLY_HELP,
    Language,
    Mail,
    day_text,
    language_of,
    time_text,
)
from .wording import SMS, filled


class Visit(Protocol):
    """When it is, and where."""

    @property
    def start(self) -> datetime: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def location_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes to one patient about one visit: the languages they want, and the variables' values."""

    wanted: tuple[str | None, ...]
    visit: Visit
    values: Mapping[str, str]
    own: Mapping[tuple[str, str, str], OwnText]

    def written(self, purpose: str, channel: str, *, calendar: CalendarFile | None = None) -> Mail:
        """In the practice's own words where it has them; a text says how to end texts.

        47 CFR 64.1200(a)(10). A `calendar` goes with a mail.
        """
        theirs = {each for told, by, each in self.own if (told, by) == (purpose, channel)}
        language = language_of(*self.wanted, known={*LANGUAGES, *theirs})
        own, ours = self.own.get((purpose, channel, language)), words_of(purpose, language)
        signs = LANGUAGES.get(language, LANGUAGES[ENGLISH])
        built_in = ours.sms if channel == SMS else ours.mail
        text = self._filled(own.text if own else built_in, language)
        text = text or self._filled(built_in, language)
        video = self.values.get("video", "")
        if video and video not in text:
            text = f"{text}\n{self._filled(signs.video, language)}"
        if channel == SMS:
            answered = purpose == Purpose.REMINDER and can_be_answered()
            return Mail("", with_signs(text, signs, answered=answered))
        subject = (own.subject if own else None) or ours.subject
        return Mail(self._filled(subject, language), f"{text}\n", calendar)

    def reply(self, kind: str) -> Mail:
        """The answer to a patient's text; help says how to end texts as well."""
        language = language_of(*self.wanted)
        words: Language = LANGUAGES[language]
        text = self._filled(words.replies[kind], language)
        return Mail("", f"{text}\n{words.opt_out}" if kind == REPLY_HELP else text)

    def _filled(self, text: str, language: str) -> str:
        at, zone = self.visit.start, self.visit.zone
        told = {"date": day_text(at, zone, language), "time": time_text(at, zone)}
        return filled(text, {**self.values, **told})


def writer_to(
    context: Context,
    patient: Patient,
    visit: Visit,
    *,
    link: str = "",
    video: str = "",
    count: int = 1,
) -> Writer:
    """A BatchGet, practice and location, and a Query, its texts. `link` is where the patient answers,
    `video` where they join a visit by video; `count` is of a series."""
    keys = Practice.key(context.practice_id), Location.key(context.practice_id, visit.location_id)
    found = find_many(keys, consistent=True)
    practice, location = (found.get(key) for key in keys)
    phones = [each.phone for each in (location, practice) if isinstance(each, Location | Practice)]
    values = {
        "practice": practice.name if isinstance(practice, Practice) else "",
        "location": location.name if isinstance(location, Location) else "",
        "phone": next(filter(None, phones), ""),
        "first_name": patient.name.preferred or patient.name.given or "",
        "link": link,
        "video": video,
        "count": str(count),
    }
    wanted = patient.language, context.tenant.locale
    return Writer(wanted, visit, values, own_texts(context))
