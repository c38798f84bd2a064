"""A practice's own wording, by purpose, channel and language, in place of ours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, NotFound, Stale
from ..platform.store import find, get, query_all
from ..practices.models import Practice
from .models import OwnText
from .notice_texts import words_of
from .purposes import Purpose
from .schemas import MessageTemplateBody
from .sms_length import SmsLength, sms_length
from .visit_texts import ENGLISH, LANGUAGES, Language
from .wording import EMAIL, SMS, filled, unsafe_in

MOST_SEGMENTS = 3
_LONGEST = {"date": "Wed 30 Sept 2026", "time": "10:30 +1030", "phone": "+612125550100"}


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text as it is sent now: the practice's own, or ours (version 0)."""

    id: str
    purpose: str
    version: int
    channel: str
    language: str
    own: bool
    subject: str | None
    text: str
    length: SmsLength | None


def list_texts(context: Context) -> list[ShownText]:
    """All there are, ours where the practice has none of its own. One Query and one GetItem."""
    practice = get(Practice, Practice.key(context.practice_id))
    own = own_texts(context)
    names = set(product(Purpose, (EMAIL, SMS), LANGUAGES)) | set(own)
    return [_shown(practice, *name, own.get(name)) for name in sorted(names)]


def set_text(context: Context, template_id: str, body: MessageTemplateBody) -> ShownText:
    """Write one's own. Invalid (422) names what is no safe variable of the channel, or too long."""
    name = _parts(template_id)
    practice = get(Practice, Practice.key(context.practice_id))
    key = OwnText.key(context.practice_id, *name)
    text = context.matching(find(OwnText, key) or OwnText(*key))
    text.subject, text.text = body.subject, body.text
    shown = _shown(practice, *name, text)
    wrong = tuple(_wrong(shown))
    if wrong:
        raise Invalid("This text cannot be sent", errors=wrong)
    if text.version == 0:
        context.work.create(text, refusal=Stale())
    else:
        context.work.save(text)
    return _shown(practice, *name, text)


def drop_text(context: Context, template_id: str) -> None:
    """Ours again. NotFound where the practice has none of its own."""
    key = OwnText.key(context.practice_id, *_parts(template_id))
    context.work.remove(context.matching(get(OwnText, key)))


def own_texts(context: Context) -> Mapping[tuple[str, str, str], OwnText]:
    """The practice's own, by purpose, channel and language."""
    partition = Practice.key(context.practice_id).pk
    found = query_all(partition, begins=OwnText.BEGINS, consistent=True)
    return {each.name: each for each in found}


def with_signs(text: str, words: Language, *, answered: bool) -> str:
    """A text message whole: how to answer it, where it can be, and how to end texts."""
    return " ".join([text, *([words.answer] if answered else []), words.opt_out])


def _shown(
    practice: Practice, purpose: str, channel: str, language: str, own: OwnText | None
) -> ShownText:
    ours = words_of(purpose, language)
    text = own.text if own else ours.sms if channel == SMS else ours.mail
    subject = None if channel == SMS else ours.subject
    named = [] if purpose == Purpose.REMINDER else [purpose]
    return ShownText(
        ".".join([*named, channel, language]),
        purpose,
        own.version if own else 0,
        channel,
        language,
        own is not None,
        own.subject if own else subject,
        text,
        _length(practice, text, purpose, language) if channel == SMS else None,
    )


def _length(practice: Practice, text: str, purpose: str, language: str) -> SmsLength:
    """With the longest date and time there are."""
    values = {**_LONGEST, "practice": practice.name}
    values["link"] = f"{settings().app_url}/visit/{'a' * 63}"
    values["video"] = f"{settings().app_url}/video/{'a' * 66}"
    if unsafe_in(text, SMS):
        return sms_length(text)
    words, answered = LANGUAGES.get(language, LANGUAGES[ENGLISH]), purpose == Purpose.REMINDER
    return sms_length(with_signs(filled(text, values), words, answered=answered))


def _wrong(shown: ShownText) -> Iterator[FieldError]:
    for field, text in (("subject", shown.subject or ""), ("text", shown.text)):
        for name in unsafe_in(text, shown.channel):
            told = f"{name!r} is no variable of a text by {shown.channel}"
            yield FieldError(field, "unknown_variable", told)
    if shown.channel == SMS and shown.subject is not None:
        yield FieldError("subject", "not_needed", "A text message has no subject")
    if shown.channel == EMAIL and shown.subject is None:
        yield FieldError("subject", "missing", "A mail has a subject")
    if shown.length is not None and shown.length.segments > MOST_SEGMENTS:
        told = f"{shown.length.segments} segments; {MOST_SEGMENTS} are allowed"
        yield FieldError("text", "too_long", told)


def _parts(template_id: str) -> tuple[str, str, str]:
    """Purpose, channel and language: `sms.es`, `booked.sms.es`. NotFound for what names no text."""
    *named, channel, language = ("", "", *template_id.split("."))[-3:]
    purpose = named[0] or Purpose.REMINDER
    known = purpose in set(Purpose) and channel in (EMAIL, SMS)
    if not known or template_id.count(".") > 2 or named[0] == Purpose.REMINDER:
        raise NotFound
    if not (language.isascii() and language.isalpha() and language.islower()):
        raise NotFound
    if len(language) not in (2, 3):
        raise NotFound
    return purpose, channel, language
