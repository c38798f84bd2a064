"""The clearinghouse simulator: it answers an 837P as a clearinghouse and its payers do.

Pure and deterministic: text and day in, answers out; it reads no clock and stores nothing. What it
remembers (claims seen, payments made, balances carried forward) is rebuilt by submitting the same
files again in the same order.
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeVar

from chalicelib.claims.professional_claim import OrganizationName
from chalicelib.claims.x12.segments import Segment
from chalicelib.claims.x12.writing import (
    Guide,
    InterchangeHeader,
    Usage,
    enclosed,
    segment,
    write_interchange,
)
from chalicelib.claims.x12.writing_999 import write_999
from infra.local.clearinghouse_277ca import (
    CLAIM_ACKNOWLEDGMENT,
    Acknowledged,
    Hop,
    acknowledgment_body,
)
from infra.local.clearinghouse_835 import REMITTANCE, remittance_body
from infra.local.clearinghouse_envelope import ReceivedInterchange, receive_interchanges
from infra.local.clearinghouse_intake import Party, SubmittedBatch, read_batch
from infra.local.clearinghouse_payers import Payers
from infra.local.clearinghouse_rules import ClearinghouseRules

Kind = Literal["TA1", "999", "277CA", "835"]
State = Literal["rejected", "accepted"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One file for the submitter's mailbox, `delay` after the submission."""

    name: str
    kind: Kind
    text: str
    delay: timedelta


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """What the clearinghouse knows of a claim it has received in an accepted file."""

    number: str
    billing_npi: str
    state: State
    payer_control_number: str


class Clearinghouse:
    """Receives 837P files; see `ClearinghouseRules` for what decides a claim's fate."""

    def __init__(self, rules: ClearinghouseRules | None = None) -> None:
        self._rules = rules or ClearinghouseRules()
        self._payers = Payers(self._rules)
        self._received: dict[tuple[str, str], ClaimStatus] = {}
        self._times_seen: dict[str, int] = {}

    def receive(self, text: str, *, on: date) -> tuple[Reply, ...]:
        """The answers to one submitted file, in the order in which they arrive.

        An interchange that breaks gets a TA1, each functional group a 999, each accepted set a
        277CA of the clearinghouse and one of each payer, each payer and payee an 835. A file whose
        ISA cannot be read names no sender and gets no answer.
        """
        digest = hashlib.sha256(text.encode()).hexdigest()
        self._times_seen[digest] = self._times_seen.get(digest, 0) + 1
        seed = f"{digest}#{self._times_seen[digest]}"
        replies: list[Reply] = []
        for place, interchange in enumerate(receive_interchanges(text)):
            post = _Post(interchange.header, f"{seed}#{place}", on)
            replies += self._answers(interchange, post)
        replies.sort(key=lambda reply: reply.delay)
        return tuple(replies[: self._rules.answers_so_far(text)])

    def claim_status(self, control_number: str, *, billing_npi: str = "") -> ClaimStatus | None:
        """What became of a claim by its CLM01; None if it never came in an accepted file.

        Without `billing_npi`, the claim of that number received last.
        """
        found = [
            status
            for (npi, number), status in self._received.items()
            if number == control_number and billing_npi in ("", npi)
        ]
        return found[-1] if found else None

    def _answers(self, interchange: ReceivedInterchange, post: "_Post") -> Iterator[Reply]:
        rules = self._rules
        if interchange.fault:
            yield post.ta1(interchange.fault, rules.until_acknowledged)
        for group in interchange.groups:
            response = write_999(post.next_header(), group.response)
            yield post.reply("999", response, rules.until_acknowledged)
            for body in group.sets:
                batch = read_batch(body, interchange.separators)
                yield from self._batch_answers(batch, post)

    def _batch_answers(self, batch: SubmittedBatch, post: "_Post") -> Iterator[Reply]:
        rules = self._rules
        house = Hop("AY", "46", Party(OrganizationName(rules.name), post.receiver_id))
        checked = [Acknowledged(claim, *self._payers.check(claim)) for claim in batch.claims]
        self._remember(checked)
        yield post.acknowledgment(house, batch, checked, rules.until_checked)
        going_on = [item.claim for item in checked if item.accepted]
        for own in _by(going_on, lambda claim: claim.payer.identifier):
            taken = [self._payers.take(claim, post.next_seed()) for claim in own]
            self._remember(taken)
            hop = Hop("PR", "PI", own[0].payer)
            yield post.acknowledgment(hop, batch, taken, rules.until_taken_by_payer)
            accepted = [item for item in taken if item.accepted]
            yield from self._payments(accepted, post)

    def _payments(self, taken: Sequence[Acknowledged], post: "_Post") -> Iterator[Reply]:
        """One 835 of the payer for each payee (NPI and tax id)."""
        for own in _by(
            taken, lambda item: (item.claim.billing.identifier, item.claim.billing.tax_id)
        ):
            first = own[0].claim
            payment = self._payers.pay(
                first.payer, first.billing, own, trace=post.trace(), on=post.on
            )
            text = post.written(REMITTANCE, remittance_body(payment))
            yield post.reply("835", text, self._rules.until_paid)

    def _remember(self, claims: Iterable[Acknowledged]) -> None:
        for item in claims:
            key = (item.claim.billing.identifier, item.claim.number)
            state: State = "accepted" if item.accepted else "rejected"
            self._received.pop(key, None)
            self._received[key] = ClaimStatus(key[1], key[0], state, item.control_number)


_Item = TypeVar("_Item")


def _by(items: Iterable[_Item], key: Callable[[_Item], Hashable]) -> list[list[_Item]]:
    """Items of equal key together, in order of first appearance."""
    groups: dict[Hashable, list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


class _Post:
    """The answering side of one interchange: its numbers come from the submission's digest."""

    def __init__(self, header: Segment, seed: str, on: date) -> None:
        self._header = header
        self._seed = seed
        self._count = 0
        self.on = on

    @property
    def receiver_id(self) -> str:
        """ISA08 of the submission: us."""
        return self._header.element(8)

    def next_seed(self) -> str:
        """A text that no other answer shares."""
        self._count += 1
        return hashlib.sha256(f"{self._seed}#{self._count}".encode()).hexdigest()

    def trace(self) -> str:
        """A check or EFT trace number (TRN02)."""
        return f"SIM{int(self.next_seed()[:15], 16) % 10**12:012d}"

    def next_header(self) -> InterchangeHeader:
        """Back to the sender, at noon UTC of the day."""
        number = int(self.next_seed()[:15], 16) % 999_999_999 + 1
        usage: Usage = "P" if self._header.element(15) == "P" else "T"
        return InterchangeHeader(
            sender_id=self._header.element(8),
            receiver_id=self._header.element(6),
            sender_qualifier=self._header.element(7),
            receiver_qualifier=self._header.element(5),
            control_number=number,
            group_control_number=number,
            created=datetime.combine(self.on, time(12), UTC),
            usage=usage,
        )

    def written(self, guide: Guide, body: list[str]) -> str:
        """An interchange of one transaction set."""
        return write_interchange(self.next_header(), guide, [body])

    def acknowledgment(
        self, hop: Hop, batch: SubmittedBatch, claims: Sequence[Acknowledged], delay: timedelta
    ) -> Reply:
        """The 277CA of one hop."""
        body = acknowledgment_body(
            hop, batch.submitter, claims, batch=batch.reference, trace=self.trace(), on=self.on
        )
        return self.reply("277CA", self.written(CLAIM_ACKNOWLEDGMENT, body), delay)

    def ta1(self, note: str, delay: timedelta) -> Reply:
        """The interchange is rejected for `note` (TA105)."""
        header = self._header
        stamp = (header.element(13), header.element(9), header.element(10))
        text = enclosed(self.next_header(), [segment("TA1", *stamp, "R", note)], groups=0)
        return self.reply("TA1", text, delay)

    def reply(self, kind: Kind, text: str, delay: timedelta) -> Reply:
        """Named by kind, the submission's ISA13 and a number of its own."""
        name = f"{kind}_{self._header.element(13)}_{self.next_seed()[:12]}.x12"
        return Reply(name.lower(), kind, text, delay)
