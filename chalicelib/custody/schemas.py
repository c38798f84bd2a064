"""What clients send and get: exports, closing, legal holds, erasures."""

from pydantic import Field

from ..platform.http import AddressValue, Answer, Body, Instant, Line, Page, Words
from .custodian import Custodian
from .models import Closing, Erasure, Export


class ExportView(Answer):
    """`records` counts by kind; `withheld` what only a custodian's public key lets leave."""

    id: str
    version: int
    state: str
    requested_by: str
    requested_at: Instant
    approved_by: str | None
    approved_at: Instant | None
    records: dict[str, int]
    withheld: dict[str, int]
    files: int
    manifest_sha256: str | None
    ready_at: Instant | None

    @classmethod
    def of(cls, export: Export) -> "ExportView":
        fields = cls.model_fields.keys() - {"records", "withheld"}
        return cls(
            **{name: getattr(export, name) for name in fields},
            records=export.counts or {},
            withheld=export.withheld or {},
        )


class ExportPage(Page[ExportView]):
    """Exports, newest first."""


class ExportFileView(Answer):
    """A file as the manifest lists it, with a link good for a quarter of an hour."""

    name: str
    size: int
    sha256: str
    records: int | None
    url: str


class ExportFilePage(Page[ExportFileView]):
    """Files of an export; the manifest's own link stands beside each page."""

    manifest_url: str


class CustodianValue(Body):
    """Who keeps the records from now on. `public_key`: X25519 (PEM), for what leaves sealed."""

    name: Line
    address: AddressValue
    email: str = Field(max_length=254)
    public_key: str | None = Field(default=None, max_length=1_000)

    def custodian(self) -> Custodian:
        return Custodian(self.name, self.address.address(), self.email, self.public_key)


class ClosingBody(Body):
    """`practice_name` is typed as it is, so that nothing closes by mistake."""

    practice_name: Line
    custodian: CustodianValue


class ClosingView(Answer):
    """`received_at` is when the custodian confirmed the final export."""

    requested_by: str
    requested_at: Instant
    grace_until: Instant
    custodian: CustodianValue
    export_id: str
    received_at: Instant | None


class ReceiptBody(Body):
    """What the mailed link carried, and the SHA-256 of the manifest that the custodian holds."""

    token: str = Field(max_length=200)
    manifest_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ReceiptView(Answer):
    practice_id: str
    export_id: str
    received_at: Instant

    @classmethod
    def of(cls, closing: Closing) -> "ReceiptView":
        return cls(
            practice_id=closing.practice_id,
            export_id=closing.export_id,
            received_at=closing.received_at,
        )


class HoldBody(Body):
    """Without a patient the hold is on everything of the practice."""

    patient_id: str | None = Field(default=None, pattern=r"^pat_[0-9A-Z]{26}$")
    reason: Words


class HoldView(Answer):
    id: str
    version: int
    patient_id: str | None
    reason: str
    placed_by: str
    placed_at: Instant


class HoldList(Answer):
    items: list[HoldView]


class CertificateBody(Body):
    """What the mailed link carried."""

    token: str = Field(max_length=200)


class ErasureView(Answer):
    """What was found and destroyed, and what the law keeps, by kind. A certificate once `done`."""

    practice_id: str
    patient_id: str | None
    state: str
    asked_at: Instant
    destroyed: dict[str, int]
    versions_of_files: int
    kept: dict[str, int]
    export_sha256: str | None
    done_at: Instant | None
    backups_until: Instant | None

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureView":
        same = cls.model_fields.keys() - {"destroyed", "versions_of_files", "kept"}
        return cls(
            **{name: getattr(erasure, name) for name in same},
            destroyed=erasure.found or {},
            versions_of_files=erasure.versions,
            kept=erasure.kept or {},
        )
