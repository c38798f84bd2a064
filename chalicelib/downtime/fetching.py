"""The newest pack of a location, for whoever has a link to it; what it tells opens by the passphrase.

A practice that is suspended or closing still fetches what there is: we do not stand between it and
its patients' records (45 CFR 164.502; HHS on business associates that block access).
"""

from hashlib import sha256

from ..identity.secret_urls import Named, named_by
from ..platform.aws import AwsError, client, error_code
from ..platform.config import settings
from ..platform.context import CLOSING, SUSPENDED, SystemContext
from ..platform.errors import Damaged, NotFound, Unavailable
from ..platform.http import Document
from ..platform.store import find_many, query_all
from ..practices.models import ACTIVE, Practice
from .models import PURPOSE, READY, DowntimeLink, DowntimePack

OPEN = frozenset({ACTIVE, SUSPENDED, CLOSING})


def fetch_pack(context: SystemContext, secret: str) -> Document:
    """NotFound for what is no good link, and while there is no pack. Whom it tells of is audited."""
    named = named_by(PURPOSE, secret)
    if named is None:
        raise NotFound
    with context.entering(named.practice_id, named.link_id):
        pack = _newest(named)
        context.concerns(*(pack.patients or ()))
        name = f"downtime-{pack.days[0].isoformat()}.html"
        return Document("text/html; charset=utf-8", _file_of(pack), name)


def _newest(named: Named) -> DowntimePack:
    practice_id, location_id, _ = named
    keys = DowntimeLink.key(*named), Practice.key(practice_id)
    link, practice = map(find_many(keys, consistent=True).get, keys)
    if link is None or not isinstance(practice, Practice) or practice.status not in OPEN:
        raise NotFound
    partition = DowntimePack.partition(practice_id, location_id)
    packs = list(query_all(partition, begins=DowntimePack.BEGINS, consistent=True))
    ready = [each for each in packs if each.status == READY]
    if not ready:
        raise NotFound
    newest: DowntimePack = ready[-1]
    return newest


def _file_of(pack: DowntimePack) -> str:
    try:
        answer = client("s3").get_object(Bucket=settings().files_bucket, Key=pack.file_key)
        body: bytes = answer["Body"].read()
    except AwsError as error:
        if error_code(error) == "NoSuchKey":
            raise Damaged from error
        raise Unavailable(retry_after=5) from error
    if sha256(body).hexdigest() != pack.sha256:
        raise Damaged
    return body.decode()
