"""Numbers that are handed out once: a counter in the table."""

from pynamodb.exceptions import PynamoDBException

from ..aws import AwsError
from ..errors import Unavailable
from .attributes import IntegerAttribute
from .connection import connection
from .keys import Key, join
from .record import Record


class Counter(Record):
    """The last number handed out under a name."""

    KIND = "counter"

    last = IntegerAttribute()

    @classmethod
    def key(cls, practice_id: str, name: str) -> Key:
        """`prc_1#counter#interchange#` / `counter#`."""
        return Key(join(practice_id, "counter", name), "counter#")


def next_number(practice_id: str, name: str) -> int:
    """One more than the last: 1, 2, 3, … One UpdateItem, outside any transaction.

    A number whose transaction then fails is never handed out again. Unavailable.
    """
    key = Counter.key(practice_id, name)
    try:
        answer = connection().update_item(
            key.pk,
            key.sk,
            actions=[
                Record.kind.set(Counter.KIND),
                Record.schema.set(Counter.SCHEMA),
                Record.version.add(1),
                Counter.last.add(1),
            ],
            return_values="UPDATED_NEW",
        )
    except (PynamoDBException, *AwsError) as error:
        raise Unavailable(retry_after=1) from error
    return int(answer["Attributes"]["last"]["N"])
