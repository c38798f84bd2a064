"""Claims, and what comes back from the clearinghouse; payers are billing's."""

import re
from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from ..billing.posting_values import OpenItem
from ..platform.ids import ALPHABET, ULID_LENGTH, derived_id
from ..platform.store import (
    DateAttribute,
    GzipValueAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from .professional_claim import ProfessionalClaim
from .scrub_findings import ScrubFinding

NUMBER_LENGTH = 16


class ClearinghouseAccount(Record):
    """How the practice is known to its clearinghouse: ISA06 and loop 1000A, ISA08 and loop 1000B."""

    KIND = "clearinghouse_account"

    submitter_id = UnicodeAttribute()
    receiver_id = UnicodeAttribute()
    receiver_name = UnicodeAttribute()
    usage = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `clearinghouse#`."""
        return Key(join(practice_id), "clearinghouse#")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a claim: when, what, and the codes that were given for it."""

    at: datetime
    status: str
    source: str
    codes: tuple[str, ...] = ()


class Claim(Record):
    """A claim on its way. `number` is CLM01, from which its key follows.

    The claim as it was made lies beside it (`ClaimBody`); a change of state does not rewrite it.
    `sent_bytes` are those of its files in the mailbox.
    """

    KIND = "claim"

    id = IdInKey("clm")
    patient_id = UnicodeAttribute()
    payer_id = UnicodeAttribute()
    coverage_id = UnicodeAttribute()
    encounter_id = UnicodeAttribute()
    title = UnicodeAttribute()
    day = DateAttribute()
    status = UnicodeAttribute()
    amount = IntegerAttribute()
    attempt = IntegerAttribute()
    control_number = IntegerAttribute(null=True)
    sent_bytes = IntegerAttribute(null=True)
    paid = IntegerAttribute(default=0)
    charge_ids = ValueAttribute(tuple[str, ...])
    findings = ValueAttribute(tuple[ScrubFinding, ...], null=True)
    steps = ValueAttribute(tuple[Step, ...])
    payer_control_number = UnicodeAttribute(null=True)
    open_items = ValueAttribute(tuple[OpenItem, ...], null=True)

    @classmethod
    def key(cls, practice_id: str, claim_id: str) -> Key:
        """`prc_1#clm_2#` / `claim#`."""
        return Key(join(practice_id, claim_id), "claim#")

    @classmethod
    def by_status(cls, practice_id: str, status: str) -> str:
        """The gs1 partition of a practice's claims in a state: `prc_1#claims#denied#`, by day."""
        return join(practice_id, "claims", status)

    @property
    def number(self) -> str:
        """CLM01: at most 20 characters, unique within the practice."""
        return self.id.removeprefix("clm_")

    def move(self, practice_id: str, step: Step) -> None:
        """Take the next state, keep how it came, and stand in that state's list."""
        self.status = step.status
        self.steps = (*self.steps, step)
        self.gs1pk = self.by_status(practice_id, step.status)
        self.gs1sk = f"{self.day.isoformat()}#{self.id}#"


class ClaimBody(Record):
    """The claim as values, exactly as it is written to the payer; None while parts are missing."""

    KIND = "claim_body"

    content = GzipValueAttribute(ProfessionalClaim, null=True)

    @classmethod
    def key(cls, practice_id: str, claim_id: str) -> Key:
        """`prc_1#clm_2#` / `claim-body#`: read with the claim by one Query."""
        return Key(join(practice_id, claim_id), "claim-body#")


class Submission(Record):
    """One attempt at sending a claim: finds what a 999 answers by its functional group (GS06).

    Written before the file is, so that no answer can come too early.
    """

    KIND = "submission"

    claim_id = UnicodeAttribute()
    attempt = IntegerAttribute()

    @classmethod
    def key(cls, practice_id: str, control_number: int) -> Key:
        """`prc_1#submission#123456789#` / `submission#`."""
        return Key(join(practice_id, "submission", str(control_number)), "submission#")


class InboundFile(Record):
    """A file that came in, by the SHA-256 of its bytes: what it was and what became of it."""

    KIND = "inbound_file"

    file_key = UnicodeAttribute()
    file_kind = UnicodeAttribute()
    status = UnicodeAttribute()
    size = IntegerAttribute()
    received_at = InstantAttribute()
    reasons = JSONAttribute(null=True)
    warnings = JSONAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, sha256: str) -> Key:
        """`prc_1#inbound-files#` / `<sha256>#`."""
        return Key(join(practice_id, "inbound-files"), join(sha256))

    @property
    def sha256(self) -> str:
        return str(self.sk).removesuffix("#")


class RemittanceRecord(Record):
    """One payment of a payer (835): what it was for is posted claim by claim."""

    KIND = "remittance"

    id = IdInKey("rem")
    payer_name = UnicodeAttribute()
    trace_number = UnicodeAttribute()
    payment = IntegerAttribute()
    method = UnicodeAttribute()
    paid_on = DateAttribute(null=True)
    claims = IntegerAttribute()
    provider_adjustments = JSONAttribute(null=True)
    file_sha256 = UnicodeAttribute()
    received_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, remittance_id: str) -> Key:
        """`prc_1#remittances#` / `rem_2#`: newest last."""
        return Key(join(practice_id, "remittances"), join(remittance_id))


class RemittanceItem(Record):
    """One claim payment of a remittance, posted or waiting for someone to match it."""

    KIND = "remittance_item"

    control_number = UnicodeAttribute()
    status = UnicodeAttribute()
    claim_status_code = UnicodeAttribute()
    charge = IntegerAttribute()
    paid = IntegerAttribute()
    segment = IntegerAttribute()
    claim_id = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, remittance_id: str, place: int) -> Key:
        """`prc_1#remittance-items#rem_2#` / `00000012#`: by its place among the payment's claims.

        Not by its segment: that depends on the file which brought the remittance.
        """
        return Key(join(practice_id, "remittance-items", remittance_id), f"{place:08d}#")


class PayeeRoute(Record):
    """Which practice a payee (NPI and TIN) is: where a shared mailbox's files go."""

    KIND = "payee_route"

    practice_id = UnicodeAttribute()

    @classmethod
    def key(cls, token: str) -> Key:
        """`sys#payee#<HMAC of NPI and TIN>#` / `payee#`."""
        return Key(join("sys", "payee", token), "payee#")


class SealedFile(Record):
    """A file of the shared mailbox that fits no practice. Operations see this, never the file."""

    KIND = "sealed_file"

    file_key = UnicodeAttribute()
    file_kind = UnicodeAttribute()
    size = IntegerAttribute()
    received_at = InstantAttribute()
    why = UnicodeAttribute()

    @classmethod
    def key(cls, sha256: str) -> Key:
        """`sys#sealed#` / `<sha256>#`."""
        return Key(join("sys", "sealed"), join(sha256))


def claim_id_of(encounter_id: str, coverage_id: str) -> str:
    """The id of the claim for an encounter under a coverage: `clm_` and 16 characters."""
    digits = derived_id("clm", encounter_id, coverage_id)[-ULID_LENGTH:]
    return f"clm_{digits[-NUMBER_LENGTH:]}"


def claim_id_by(number: str) -> str | None:
    """The id of the claim that others name by its number (CLM01); None for what is none of ours."""
    named = number.strip().upper()
    return f"clm_{named}" if _NUMBER.fullmatch(named) else None


_NUMBER = re.compile(f"[{ALPHABET}]{{{NUMBER_LENGTH}}}")
