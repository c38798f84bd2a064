"""What clients send and get: exports."""

from ..platform.http import Answer, Instant, Page
from .models import Export


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
