"""What a patient was sent, and what they texted back."""

from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.http import PageQuery, open_cursor, seal_cursor
from ..platform.overlap import beside
from ..platform.store import find_many, query
from .models import Message


def messages_of(
    context: Context, patient_id: str, page: PageQuery
) -> tuple[list[Message], str | None]:
    """The latest first. NotFound without such a patient. One Query and one BatchGet."""
    asked = beside(read_patient, context, patient_id)
    found = query(
        Message.of_patient(context.practice_id, patient_id),
        index="gs2",
        limit=page.limit,
        start=open_cursor(context, page.cursor),
        newest_first=True,
    )
    asked.result()
    keys = [record.item_key for record in found.records]
    known = find_many(keys)
    messages = [each for key in keys if isinstance(each := known.get(key), Message)]
    return messages, seal_cursor(context, found.next_key)
