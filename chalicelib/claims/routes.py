"""Routes of payers, claims, remittances and inbound files."""

from ..billing.withholding import withheld_visits
from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Page, PageQuery, Routes
from . import claiming, listing, payers
from .models import Claim
from .schemas import (
    ClaimQuery,
    ClaimRow,
    ClaimView,
    ClearinghouseAccountBody,
    ClearinghouseAccountView,
    InboundFileView,
    PayerBody,
    PayerList,
    PayerView,
    RemittanceItemView,
    RemittanceView,
)

routes = Routes("claims")


@routes.post("/v1/payers", permission=Permission.MANAGE_PAYERS, status=201)
def add_payer(context: Context, body: PayerBody) -> PayerView:
    """Add an insurer that the practice bills."""
    return PayerView.model_validate(payers.add_payer(context, body))


@routes.get("/v1/payers", permission=Permission.READ_PRACTICE)
def list_payers(context: Context) -> PayerList:
    """All payers of the practice."""
    return PayerList.model_validate({"items": payers.list_payers(context)})


@routes.put("/v1/payers/{payer_id}", permission=Permission.MANAGE_PAYERS)
def change_payer(context: Context, payer_id: str, body: PayerBody) -> PayerView:
    """Replace a payer's details."""
    return PayerView.model_validate(payers.change_payer(context, payer_id, body))


@routes.get("/v1/clearinghouse-account", permission=Permission.READ_CLAIMS)
def read_clearinghouse_account(context: Context) -> ClearinghouseAccountView:
    """How the practice is known to its clearinghouse; version 0 until it was set."""
    return ClearinghouseAccountView.model_validate(payers.read_account(context))


@routes.put("/v1/clearinghouse-account", permission=Permission.MANAGE_PAYERS)
def change_clearinghouse_account(
    context: Context, body: ClearinghouseAccountBody
) -> ClearinghouseAccountView:
    """Say what the clearinghouse assigned."""
    return ClearinghouseAccountView.model_validate(payers.change_account(context, body))


@routes.get("/v1/claims", permission=Permission.READ_CLAIMS)
def list_claims(context: Context, query: ClaimQuery) -> Page[ClaimRow]:
    """The claims in one state, oldest date of service first. A moment late after a change."""
    return listing.list_claims(context, query)


@routes.get("/v1/claims/{claim_id}", permission=Permission.READ_CLAIMS)
def read_claim(context: Context, claim_id: str) -> ClaimView:
    """A claim, what keeps it from being sent, and how it came to its state."""
    return _view(context, claiming.read_claim(context, claim_id))


@routes.post("/v1/claims/{claim_id}/resubmit", permission=Permission.MANAGE_CLAIMS)
def resubmit_claim(context: Context, claim_id: str) -> ClaimView:
    """Make a claim anew from the records as they are now, and send it if the scrubber passes it.

    For a claim that needs attention or was rejected. 409 `claim_not_ready` otherwise.
    """
    return _view(context, claiming.remake_claim(context, claim_id))


@routes.get("/v1/remittances", permission=Permission.READ_CLAIMS)
def list_remittances(context: Context, query: PageQuery) -> Page[RemittanceView]:
    """What payers paid, newest first."""
    return listing.list_remittances(context, query)


@routes.get("/v1/remittances/{remittance_id}/claims", permission=Permission.READ_CLAIMS)
def list_remittance_claims(
    context: Context, remittance_id: str, query: PageQuery
) -> Page[RemittanceItemView]:
    """What one payment was for; `unmatched` items name no claim of ours."""
    return listing.list_remittance_items(context, remittance_id, query)


@routes.get("/v1/inbound-files", permission=Permission.READ_CLAIMS)
def list_inbound_files(context: Context, query: PageQuery) -> Page[InboundFileView]:
    """Files that came in, with the reasons of those that were quarantined."""
    return listing.list_inbound_files(context, query)


def _view(context: Context, claim: Claim) -> ClaimView:
    withheld = withheld_visits(context, claim.patient_id, [claim.encounter_id])
    return ClaimView.of(claim, context.tenant.currency, withheld=bool(withheld))
