"""What is written to a patient about a visit: in their language, with what is safe on the channel."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..patients.models import Patient
from ..platform.context import Context
from ..platform.store import find_many
from ..practices.models import Location, Practice
from .models import Reminders
from .ports import can_be_answered
from .visit_texts import LANGUAGES, Mail, language_of, time_text
from .wording import SMS, filled


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes to one patient about one visit: language, and the variables' values."""

    language: str
    values: Mapping[str, str]

    def reminder(self, channel: str) -> Mail:
        """The reminder; a text says how to end texts (47 CFR 64.1200(a)(10))."""
        words = LANGUAGES[self.language]
        if channel == SMS:
            asks = [words.answer] if can_be_answered() else []
            return Mail("", " ".join([filled(words.sms, self.values), *asks, words.opt_out]))
        return Mail(filled(words.subject, self.values), f"{filled(words.mail, self.values)}\n")


def writer_to(context: Context, patient: Patient, visit: Reminders, *, link: str = "") -> Writer:
    """One BatchGet: practice and location. `link` is where the patient answers."""
    keys = Practice.key(context.practice_id), Location.key(context.practice_id, visit.location_id)
    found = find_many(keys, consistent=True)
    practice, location = (found.get(key) for key in keys)
    language, zone = language_of(patient.language, context.tenant.locale), visit.zone
    phones = [each.phone for each in (location, practice) if isinstance(each, Location | Practice)]
    values = {
        "practice": practice.name if isinstance(practice, Practice) else "",
        "location": location.name if isinstance(location, Location) else "",
        "phone": next(filter(None, phones), ""),
        "first_name": patient.name.preferred or patient.name.given or "",
        "date": LANGUAGES[language].day(visit.start, zone),
        "time": time_text(visit.start, zone),
        "link": link,
    }
    return Writer(language, values)
