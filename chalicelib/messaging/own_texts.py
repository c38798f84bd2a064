"""A practice's own wording of the reminder, by channel and language, in place of ours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, NotFound, Stale
from ..platform.store import find, get, query_all
from ..practices.models import Practice
from .models import OwnText
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
    names = {(channel, language) for channel in (EMAIL, SMS) for language in LANGUAGES} | set(own)
    return [_shown(practice, *name, own.get(name)) for name in sorted(names)]


def set_text(context: Context, template_id: str, body: MessageTemplateBody) -> ShownText:
    """Write one's own. Invalid (422) names what is no safe variable of the channel, or too long."""
    channel, language = _parts(template_id)
    practice = get(Practice, Practice.key(context.practice_id))
    key = OwnText.key(context.practice_id, channel, language)
    text = context.matching(find(OwnText, key) or OwnText(*key))
    text.subject, text.text = body.subject, body.text
    shown = _shown(practice, channel, language, text)
    wrong = tuple(_wrong(shown))
    if wrong:
        raise Invalid("This text cannot be sent", errors=wrong)
    if text.version == 0:
        context.work.create(text, refusal=Stale())
    else:
        context.work.save(text)
    return _shown(practice, channel, language, text)


def drop_text(context: Context, template_id: str) -> None:
    """Ours again. NotFound where the practice has none of its own."""
    key = OwnText.key(context.practice_id, *_parts(template_id))
    context.work.remove(context.matching(get(OwnText, key)))


def own_texts(context: Context) -> Mapping[tuple[str, str], OwnText]:
    """The practice's own, by channel and language."""
    partition = Practice.key(context.practice_id).pk
    found = query_all(partition, begins=OwnText.BEGINS, consistent=True)
    return {(each.channel, each.language): each for each in found}


def with_signs(text: str, words: Language, *, answered: bool) -> str:
    """A text message whole: how to answer it, where it can be, and how to end texts."""
    return " ".join([text, *([words.answer] if answered else []), words.opt_out])


def _shown(practice: Practice, channel: str, language: str, own: OwnText | None) -> ShownText:
    words = LANGUAGES.get(language, LANGUAGES[ENGLISH])
    ours = words.sms if channel == SMS else words.mail
    text = own.text if own else ours
    subject = None if channel == SMS else own.subject if own else words.subject
    return ShownText(
        f"{channel}.{language}",
        own.version if own else 0,
        channel,
        language,
        own is not None,
        own.subject if own else subject,
        text,
        _length(practice, text, words) if channel == SMS else None,
    )


def _length(practice: Practice, text: str, words: Language) -> SmsLength:
    """With the longest date and time there are."""
    values = {**_LONGEST, "practice": practice.name}
    values["link"] = f"{settings().app_url}/visit/{'a' * 63}"
    values["video"] = f"{settings().app_url}/video/{'a' * 66}"
    if unsafe_in(text, SMS):
        return sms_length(text)
    return sms_length(with_signs(filled(text, values), words, answered=True))


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


def _parts(template_id: str) -> tuple[str, str]:
    channel, _, language = template_id.partition(".")
    if channel not in (EMAIL, SMS) or not (language.isascii() and language.isalpha()):
        raise NotFound
    if not (len(language) in (2, 3) and language.islower()):
        raise NotFound
    return channel, language
