"""The forms and consents that a practice asks its patients for."""

from ..platform.context import Context
from ..platform.store import find, get, join, query_all
from .errors import TooManyForms
from .models import Form, FormText
from .schemas import FormBody

MOST_FORMS = 100


def add_form(context: Context, body: FormBody) -> tuple[Form, str | None]:
    """The form and its text. TooManyForms (409)."""
    if len(list_forms(context)) >= MOST_FORMS:
        raise TooManyForms
    form = Form(*Form.key(context.practice_id, context.new_id("frm")))
    _fill(context, form, body, None)
    context.work.create(form)
    return form, body.text


def read_form(context: Context, form_id: str) -> tuple[Form, str | None]:
    """NotFound without it."""
    form = get(Form, Form.key(context.practice_id, form_id))
    return form, _text_of(context, form)


def change_form(context: Context, form_id: str, body: FormBody) -> tuple[Form, str | None]:
    """Replace what it says. Another text is a new version, which the next copy is of; none stays."""
    form, text = read_form(context, form_id)
    _fill(context, context.matching(form), body, text)
    context.work.save(form)
    return form, body.text or text


def list_forms(context: Context) -> list[Form]:
    """All of the practice's, by name: one Query."""
    forms = query_all(join(context.practice_id), begins="form#")
    return sorted(forms, key=lambda each: (each.name, each.id))


def _fill(context: Context, form: Form, body: FormBody, before: str | None) -> None:
    form.name = body.name
    form.of_kind = body.of_kind.value
    form.needed_by = body.needed_by.value
    form.valid_months = body.valid_months
    form.document_id = body.document_id
    form.active = body.active
    if body.text is not None and body.text != before:
        form.text_version += 1
        key = FormText.key(context.practice_id, form.id, form.text_version)
        context.work.create(FormText(*key, text=body.text))


def _text_of(context: Context, form: Form) -> str | None:
    if form.text_version == 0:
        return None
    found = find(FormText, FormText.key(context.practice_id, form.id, form.text_version))
    return found.text if found else None
