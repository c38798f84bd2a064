"""The vendor's shared mailbox: files are routed to a practice by the payee's NPI and TIN."""

from ..platform import log
from ..platform.aws import client
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.identifiers import is_tin, normalise_tin
from ..platform.keyring import token
from ..platform.runtime import runtime
from ..platform.store import UnitOfWork, find_many, get, system_scope
from ..practices.models import Practice
from .errors import PayeeTaken
from .inbound import StoredFile, fetch_file
from .models import PayeeRoute, SealedFile
from .x12.inspection import EdiFile, inspect, read_file
from .x12.remittance import Party
from .x12.segments import X12Error

UNKNOWN, SEVERAL = "unknown_payee", "several_payees"
Payee = tuple[str, str]
"""NPI and TIN, either of them possibly empty."""


def payee_token(npi: str, tin: str) -> str:
    """The token under which a payee is found. A part that is empty, or no TIN, does not count."""
    return token("payee", npi, normalise_tin(tin) if is_tin(tin) else "")


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
    """Copy a file into the mailbox of the one practice that all of it is for; else seal it: None.

    A file with anything in it that names no payee, an unknown one, or another practice's stays
    where it is, and only its envelope is noted for operations. A copy is named by its content: two
    files of one name do not replace each other.
    """
    with system_scope():
        stored = fetch_file(file_key)
        practices = _practices(stored)
    if len(practices) != 1 or UNKNOWN in practices:
        _seal(stored, why=UNKNOWN if practices <= {UNKNOWN} else SEVERAL)
        return None
    (practice_id,) = practices
    bucket, name = settings().mailbox_bucket, file_key.rpartition("/")[2]
    with system_scope(practice_id):
        client("s3").copy_object(
            Bucket=bucket,
            CopySource={"Bucket": bucket, "Key": file_key},
            Key=f"{practice_id}/clearinghouse/inbound/{stored.sha256[:16]}-{name}",
        )
    return practice_id


def _practices(stored: StoredFile) -> set[str]:
    """Whose the file's parts are; UNKNOWN among them for a part that fits no practice, or two."""
    try:
        payees = _payees(read_file(stored.data))
    except X12Error:
        return {UNKNOWN}
    keys = {
        pair: PayeeRoute.key(payee_token(*pair))
        for npi, tin in payees
        for pair in ((npi, tin), (npi, ""), ("", tin))
    }
    found = find_many((key for pair, key in keys.items() if any(pair)), consistent=True)
    routes = {
        pair: route.practice_id
        for pair, key in keys.items()
        if isinstance(route := found.get(key), PayeeRoute)
    }
    return {_practice_of(payee, routes) for payee in payees}


def _practice_of(payee: Payee, routes: dict[Payee, str]) -> str:
    """The practice registered as exactly this payee; else the one that has its NPI or its TIN."""
    if payee in routes:
        return routes[payee]
    npi, tin = payee
    either = {routes[pair] for pair in ((npi, ""), ("", tin)) if pair in routes}
    return either.pop() if len(either) == 1 else UNKNOWN


def _payees(file: EdiFile) -> set[Payee]:
    """The payees of remittances, the billing providers of claim acknowledgements.

    `("", "")` stands for a part of the file that names none.
    """
    named = {(each.payee.npi, each.payee.tin) for each in file.remittances}
    for acknowledgements in file.claim_acknowledgements:
        providers = [each.party for each in acknowledgements.levels if each.level == "19"]
        named |= {_provider(party) for party in providers or [None]}
    sets = sum(len(interchange.sets) for interchange in file.interchanges)
    if sets != len(file.remittances) + len(file.claim_acknowledgements):
        named.add(("", ""))
    return named


def _provider(party: Party | None) -> Payee:
    """NM108 says what NM109 is: XX an NPI, FI a TIN."""
    numbers = {party.id_qualifier: party.id} if party else {}
    return numbers.get("XX", ""), numbers.get("FI", "")


def _seal(stored: StoredFile, *, why: str) -> None:
    work = UnitOfWork()
    work.create(
        SealedFile(
            *SealedFile.key(stored.sha256),
            file_key=stored.key,
            file_kind=inspect(stored.key, stored.data).kind,
            size=stored.size,
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
