"""What an EDI file is, and whether it can be taken in: envelope, content, money; nothing posted.

`read_file` gives the content of a file that is accepted; `inspect` the verdict on any file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from chalicelib.claims.x12.claim_acknowledgement import ClaimAcknowledgementSet
from chalicelib.claims.x12.implementation_acknowledgement import ImplementationAcknowledgement
from chalicelib.claims.x12.interchange import (
    Finding,
    Interchange,
    TransactionSet,
    X12Error,
    read_interchanges,
)
from chalicelib.claims.x12.reading_277ca import read_claim_acknowledgements
from chalicelib.claims.x12.reading_835 import read_remittance
from chalicelib.claims.x12.reading_999 import read_implementation_acknowledgement
from chalicelib.claims.x12.remittance import Remittance
from chalicelib.claims.x12.remittance_balance import check_balance

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EdiFile:
    """The content of an accepted file. Kinds that are not posted have only their envelope read."""

    kind: str
    interchanges: tuple[Interchange, ...]
    remittances: tuple[Remittance, ...]
    claim_acknowledgements: tuple[ClaimAcknowledgementSet, ...]
    implementation_acknowledgements: tuple[ImplementationAcknowledgement, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """The verdict on a file. The figures are None unless the file is an accepted 835.

    `paid_minor` is the sum of CLP04, `payment_minor` that of BPR02, over all transaction sets.
    """

    name: str
    kind: str
    verdict: Literal["accepted", "refused"]
    reasons: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    claims: int | None = None
    paid_minor: int | None = None
    payment_minor: int | None = None
    payee_npis: tuple[str, ...] = ()
    payee_tins: tuple[str, ...] = ()


def inspect(name: str, data: bytes) -> Inspection:
    """Judge one file, whatever its bytes. Never raises."""
    try:
        file = read_file(data)
    except X12Error as error:
        return Inspection(name, _guessed_kind(data), "refused", error.findings, ())
    if file.kind != "835":
        return Inspection(name, file.kind, "accepted", (), file.warnings)
    payees = [remittance.payee for remittance in file.remittances]
    return Inspection(
        name=name,
        kind=file.kind,
        verdict="accepted",
        reasons=(),
        warnings=file.warnings,
        claims=sum(len(remittance.claims) for remittance in file.remittances),
        paid_minor=sum(remittance.paid for remittance in file.remittances),
        payment_minor=sum(remittance.payment for remittance in file.remittances),
        payee_npis=tuple(sorted({payee.npi for payee in payees if payee.npi})),
        payee_tins=tuple(sorted({payee.tin for payee in payees if payee.tin})),
    )


def read_file(data: bytes) -> EdiFile:
    """Read a file whole. `kind` is that of its first transaction set.

    Raises X12Error with every refusal in any of its transaction sets.
    """
    interchanges = read_interchanges(data)
    reading = _Reading()
    for interchange in interchanges:
        reading.warnings.extend(interchange.warnings)
        for transaction in interchange.sets:
            reading.read(transaction)
    if reading.faults:
        raise X12Error(_in_order(reading.faults))
    return EdiFile(
        kind=_kind(interchanges),
        interchanges=interchanges,
        remittances=tuple(reading.remittances),
        claim_acknowledgements=tuple(reading.claim_acknowledgements),
        implementation_acknowledgements=tuple(reading.implementation_acknowledgements),
        warnings=_in_order(reading.warnings),
    )


def kind_of(transaction: TransactionSet) -> str:
    """The kind of a transaction set by ST01 and its guide: `835`, `277CA`, `837P`, …"""
    return _kind_by(transaction.code, transaction.version, _header_code(transaction))


_GUIDES = {
    "837": {
        **dict.fromkeys(("X222", "X098", "X291", "X298"), "837P"),
        **dict.fromkeys(("X223", "X096", "X292", "X299"), "837I"),
        **dict.fromkeys(("X224", "X097", "X293", "X300"), "837D"),
    },
    "277": {"X214": "277CA"},
}
_PLAIN_KINDS = frozenset({"835", "999", "270", "271", "276", "277"})
_ACKNOWLEDGES_CLAIMS = "0085"
_SET_HEADER = re.compile(r"\bST([^A-Za-z0-9\s])([0-9]{3})(?=\1|[^A-Za-z0-9])")
_VERSION = re.compile(r"\b00[0-9]{4}(X[0-9]{3})")


class _Reading:
    """Gathers what the transaction sets of a file hold, and why any is refused."""

    def __init__(self) -> None:
        self.faults: list[Finding] = []
        self.warnings: list[Finding] = []
        self.remittances: list[Remittance] = []
        self.claim_acknowledgements: list[ClaimAcknowledgementSet] = []
        self.implementation_acknowledgements: list[ImplementationAcknowledgement] = []

    def read(self, transaction: TransactionSet) -> None:
        """Read one set by its kind; kinds that are not posted are let pass."""
        readers: dict[str, Callable[[TransactionSet], None]] = {
            "835": self._remittance,
            "277CA": self._claim_acknowledgements,
            "999": self._implementation_acknowledgement,
        }
        reader = readers.get(kind_of(transaction))
        if reader is None:
            return
        try:
            reader(transaction)
        except X12Error as error:
            self.faults.extend(error.findings)

    def _remittance(self, transaction: TransactionSet) -> None:
        remittance = read_remittance(transaction)
        self.warnings.extend(remittance.warnings + check_balance(remittance))
        self.remittances.append(remittance)

    def _claim_acknowledgements(self, transaction: TransactionSet) -> None:
        acknowledgements = read_claim_acknowledgements(transaction)
        self.warnings.extend(acknowledgements.warnings)
        self.claim_acknowledgements.append(acknowledgements)

    def _implementation_acknowledgement(self, transaction: TransactionSet) -> None:
        acknowledgement = read_implementation_acknowledgement(transaction)
        self.warnings.extend(acknowledgement.warnings)
        self.implementation_acknowledgements.append(acknowledgement)


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.segment))


def _kind(interchanges: tuple[Interchange, ...]) -> str:
    kinds = [kind_of(item) for interchange in interchanges for item in interchange.sets]
    return kinds[0] if kinds else "TA1"


def _kind_by(code: str, version: str, header_code: str = "") -> str:
    for guide, kind in _GUIDES.get(code, {}).items():
        if guide in version:
            return kind
    if code == "277" and header_code == _ACKNOWLEDGES_CLAIMS:
        return "277CA"
    return code if code in _PLAIN_KINDS else UNKNOWN


def _header_code(transaction: TransactionSet) -> str:
    """BHT01: what the set is for."""
    headers = (segment for segment in transaction.body if segment.tag == "BHT")
    return next((header.element(1) for header in headers), "")


def _guessed_kind(data: bytes) -> str:
    """The kind of a file whose envelope cannot be trusted, by the first ST in its text."""
    text = data.decode("latin-1")
    header = _SET_HEADER.search(text)
    if header is None:
        return "TA1" if re.search(r"\bTA1[^A-Za-z0-9\s]", text) else UNKNOWN
    version = _VERSION.search(text)
    return _kind_by(header.group(2), version.group(1) if version else "")
