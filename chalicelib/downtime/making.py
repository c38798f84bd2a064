"""A pack is made: collected, sealed, stored; and the ones that are too old go."""

from datetime import date, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from ..platform.aws import AwsError, client
from ..platform.config import settings
from ..platform.context import Context
from ..platform.due import clear_due
from ..platform.errors import AlreadyDone, Unavailable
from ..platform.events import Event
from ..platform.store import get, query_all
from ..practices.models import Practice
from ..practices.service import read_location
from .collecting import expected_days
from .content import Day, content_of
from .models import READY, DowntimePack
from .page import written
from .plan import passphrase_of, read_plan


def make_pack(context: Context, event: Event) -> None:
    """The pack that an event asks for, unless it is there. Who dies on the way makes it anew: one
    record, one file. Unavailable: the queue brings it again."""
    night = date.fromisoformat(event.data["night"])
    key = DowntimePack.key(context.practice_id, event.subject, night)
    pack = get(DowntimePack, key, consistent=True)
    if pack.status == READY:
        raise AlreadyDone
    plan, location = read_plan(context), read_location(context, event.subject)
    practice = get(Practice, Practice.key(context.practice_id))
    days = expected_days(context, location, night)
    content = content_of(
        days,
        place=f"{practice.name}, {location.name}",
        zone=location.time_zone,
        made_at=context.now().astimezone(ZoneInfo(location.time_zone)),
    )
    title = f"{practice.name}, {location.name}: downtime pack for {days[0].day.isoformat()}"
    _store(context, pack, days, written(title, content, passphrase_of(plan)).encode())
    context.work.commit()
    _forget_old(context, event.subject, night - timedelta(days=plan.kept_days))


def _store(context: Context, pack: DowntimePack, days: tuple[Day, ...], body: bytes) -> None:
    try:
        client("s3").put_object(Bucket=settings().files_bucket, Key=pack.file_key, Body=body)
    except AwsError as error:
        raise Unavailable(retry_after=5) from error
    pack.status, pack.made_at = READY, context.now()
    pack.days = tuple(day.day for day in days)
    pack.visits = sum(len(day.visits) for day in days)
    pack.size, pack.sha256 = len(body), sha256(body).hexdigest()
    pack.patients = set(context.trace.subjects) or None
    clear_due(pack)
    context.work.save(pack, refusal=Unavailable())


def _forget_old(context: Context, location_id: str, before: date) -> None:
    """The file first: a record without a file is found again, a file without a record is not."""
    partition = DowntimePack.partition(context.practice_id, location_id)
    for pack in query_all(partition, begins=DowntimePack.BEGINS, consistent=True):
        if pack.night < before:
            try:
                client("s3").delete_object(Bucket=settings().files_bucket, Key=pack.file_key)
            except AwsError as error:
                raise Unavailable(retry_after=5) from error
            context.work.remove(pack, refusal=AlreadyDone())
            context.work.commit()
