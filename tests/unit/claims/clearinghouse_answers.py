"""What the clearinghouse simulator has answered, read by the system's own readers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chalicelib.claims.professional_claim import Subscriber
from chalicelib.claims.x12.claim_acknowledgement import ClaimAcknowledgementSet, StatusInformation
from chalicelib.claims.x12.interchange import read_interchanges
from chalicelib.claims.x12.reading_277ca import read_claim_acknowledgements
from chalicelib.claims.x12.reading_835 import read_remittance
from chalicelib.claims.x12.remittance import Adjustment, Remittance
from chalicelib.claims.x12.remittance_balance import check_balance
from infra.local.clearinghouse import Reply
from tests.unit.claims.claim_builders import ADULT


def member(member_id: str) -> Subscriber:
    """The usual subscriber under another member id: its prefix decides the claim's fate."""
    return replace(ADULT, member_id=member_id)


def only(replies: tuple[Reply, ...]) -> Reply:
    """The one reply there is."""
    assert len(replies) == 1
    return replies[0]


def acknowledgements_of(reply: Reply) -> ClaimAcknowledgementSet:
    """The 277CA of a reply, which gives no cause for a warning."""
    assert reply.kind == "277CA"
    read = read_claim_acknowledgements(read_interchanges(reply.text)[0].sets[0])
    assert read.warnings == ()
    return read


def remittance_of(reply: Reply) -> Remittance:
    """The remittance of a reply, which balances and gives no cause for a warning."""
    assert reply.kind == "835"
    read = read_remittance(read_interchanges(reply.text)[0].sets[0])
    assert read.warnings == ()
    assert check_balance(read) == ()
    return read


def remittances_of(replies: Sequence[Reply]) -> list[Remittance]:
    """Every remittance among the replies."""
    return [remittance_of(reply) for reply in replies if reply.kind == "835"]


def cas(adjustments: Iterable[Adjustment]) -> list[tuple[str, str, int]]:
    """CAS triplets without their quantity."""
    return [(item.group, item.reason, item.amount) for item in adjustments]


def plb(remittance: Remittance) -> list[tuple[str, int]]:
    """The PLB pairs: reason and amount."""
    return [(item.reason, item.amount) for item in remittance.provider_adjustments]


def status_of(information: StatusInformation) -> str:
    """STC01 as it stands in the file."""
    first = information.statuses[0]
    return f"{first.category}:{first.code}:{first.entity}"
