"""The vendor's shared mailbox: files are routed to a practice by the payee's NPI and TIN."""

from hashlib import sha256

from ..platform import log
from ..platform.aws import client
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.identifiers import normalise_tin
from ..platform.keyring import token
from ..platform.runtime import runtime
from ..platform.store import UnitOfWork, find_many, get, system_scope
from ..practices.models import Practice
from .errors import PayeeTaken
from .models import PayeeRoute, SealedFile
from .x12.inspection import Inspection, inspect


def payee_token(npi: str, tin: str) -> str:
    """The token under which a payee is found; either part may be empty, not both."""
    return token("payee", npi, normalise_tin(tin) if tin else "")


def register_payee(context: Context) -> None:
    """Route files for the practice's NPI and TIN, alone and together, to it.

    A part that another practice has registered stays that practice's; operations are told.
    """
    billing = get(Practice, Practice.key(context.practice_id), consistent=True).billing
    if billing is None:
        return
    for npi, tin in ((billing.npi, billing.tin), (billing.npi, ""), ("", billing.tin)):
        route = PayeeRoute(*PayeeRoute.key(payee_token(npi, tin)), practice_id=context.practice_id)
        work = UnitOfWork()
        work.create(
            route,
            refusal=PayeeTaken(),
            unless=PayeeRoute.practice_id == context.practice_id,
        )
        with system_scope():
            try:
                work.commit()
            except PayeeTaken:
                log.warning("payee is another practice's", practice_id=context.practice_id)


def route_file(file_key: str) -> str | None:
    """Copy a file into the mailbox of the one practice it pays; the practice, or None if sealed.

    A file that names several practices, or none that is known, stays where it is, and only its
    envelope is noted for operations.
    """
    with system_scope():
        bucket = settings().mailbox_bucket
        data = client("s3").get_object(Bucket=bucket, Key=file_key)["Body"].read()
        inspection = inspect(file_key, data)
        practices = _practices(inspection)
    if len(practices) != 1:
        _seal(
            file_key, data, inspection, why="unknown_payee" if not practices else "several_payees"
        )
        return None
    practice_id = practices.pop()
    name = file_key.rpartition("/")[2]
    with system_scope(practice_id):
        client("s3").copy_object(
            Bucket=bucket,
            CopySource={"Bucket": bucket, "Key": file_key},
            Key=f"{practice_id}/clearinghouse/inbound/{name}",
        )
    return practice_id


def _practices(inspection: Inspection) -> set[str]:
    pairs = [
        (npi, tin) for npi in (*inspection.payee_npis, "") for tin in (*inspection.payee_tins, "")
    ]
    keys = [PayeeRoute.key(payee_token(npi, tin)) for npi, tin in pairs if npi or tin]
    found = find_many(keys).values()
    return {route.practice_id for route in found if isinstance(route, PayeeRoute)}


def _seal(file_key: str, data: bytes, inspection: Inspection, *, why: str) -> None:
    work = UnitOfWork()
    work.create(
        SealedFile(
            *SealedFile.key(sha256(data).hexdigest()),
            file_key=file_key,
            file_kind=inspection.kind,
            size=len(data),
            received_at=runtime().clock.now(),
            why=why,
        ),
        refusal=AlreadyDone(),
    )
    with system_scope():
        try:
            work.commit()
        except AlreadyDone:
            log.info("sealed before", code=why)
