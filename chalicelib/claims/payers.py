"""Payers and the practice's account at its clearinghouse."""

from ..billing.models import Payer
from ..platform.context import Context
from ..platform.store import find, get, query_all
from ..practices.models import Practice
from .models import ClearinghouseAccount
from .schemas import ClearinghouseAccountBody, PayerBody


def add_payer(context: Context, body: PayerBody) -> Payer:
    payer = Payer(*Payer.key(context.practice_id, context.new_id("pyr")))
    _fill(payer, body)
    context.work.create(payer)
    return payer


def change_payer(context: Context, payer_id: str, body: PayerBody) -> Payer:
    payer = context.matching(get(Payer, Payer.key(context.practice_id, payer_id)))
    _fill(payer, body)
    context.work.save(payer)
    return payer


def list_payers(context: Context) -> list[Payer]:
    return list(query_all(Practice.key(context.practice_id).pk, begins="payer#"))


def read_account(context: Context) -> ClearinghouseAccount:
    """The account; before one was set, version 0, known by the practice's id in test usage."""
    key = ClearinghouseAccount.key(context.practice_id)
    return find(ClearinghouseAccount, key) or default_account(context.practice_id)


def default_account(practice_id: str) -> ClearinghouseAccount:
    """What a practice is known by until it says otherwise: files are marked as tests (ISA15 T)."""
    return ClearinghouseAccount(
        *ClearinghouseAccount.key(practice_id),
        submitter_id=practice_id[-15:],
        receiver_id="CLEARINGHOUSE",
        receiver_name="CLEARINGHOUSE",
        usage="T",
    )


def change_account(context: Context, body: ClearinghouseAccountBody) -> ClearinghouseAccount:
    account = context.matching(read_account(context))
    account.submitter_id = body.submitter_id
    account.receiver_id = body.receiver_id
    account.receiver_name = body.receiver_name
    account.usage = body.usage
    if account.version:
        context.work.save(account)
    else:
        context.work.create(account)
    return account


def _fill(payer: Payer, body: PayerBody) -> None:
    payer.name = body.name
    payer.payer_id = body.payer_id
    payer.filing_indicator = body.filing_indicator
    payer.address = body.address and body.address.address()
    payer.timely_filing_days = body.timely_filing_days
