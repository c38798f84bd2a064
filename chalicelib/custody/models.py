"""What custody stores: exports and their files, how a practice closes, what is destroyed."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from ..platform.store import (
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from .custodian import Custodian

ASKED, DONE = "asked", "done"
"""An erasure's `state` before and after it is `running`."""
REQUESTED, RUNNING, READY, ENDED = "requested", "running", "ready", "ended"
"""An export's `state`: waits for an owner, is being written, can be fetched, was given up (as an
erasure may be)."""


class Export(Record):
    """Everything of a practice, on its way out. `step` counts the slices written so far.

    `position` is where the next slice begins in `phase`: records, files, manifest.
    """

    KIND = "export"

    id = IdInKey("exp")
    state = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    requested_at = InstantAttribute()
    approved_by = UnicodeAttribute(null=True)
    approved_at = InstantAttribute(null=True)
    step = IntegerAttribute(default=0)
    phase = UnicodeAttribute(default="records")
    position = JSONAttribute(null=True)
    files = IntegerAttribute(default=0)
    counts = JSONAttribute(null=True)
    withheld = JSONAttribute(null=True)
    manifest_sha256 = UnicodeAttribute(null=True)
    ready_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, export_id: str) -> Key:
        """`prc_1#exports#` / `exp_2#`: newest last."""
        return Key(join(practice_id, "exports"), join(export_id))


class ExportFile(Record):
    """One file of an export, as it is listed in its manifest: name, SHA-256, size in bytes, records."""

    KIND = "export_file"

    name = UnicodeAttribute()
    object_key = UnicodeAttribute()
    sha256 = UnicodeAttribute()
    size = IntegerAttribute()
    records = IntegerAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, export_id: str, number: int) -> Key:
        """`prc_1#export-files#exp_2#` / `00000001#`."""
        return Key(join(practice_id, "export-files", export_id), f"{number:08d}#")


class Closing(Record):
    """How a practice closes: who asked, until when it may think better of it, who gets the records."""

    KIND = "closing"

    practice_id = IdInKey("prc")
    requested_by = UnicodeAttribute()
    requested_at = InstantAttribute()
    grace_until = InstantAttribute()
    custodian = ValueAttribute(Custodian)
    export_id = UnicodeAttribute()
    link_id = UnicodeAttribute()
    received_at = InstantAttribute(null=True)
    received_sha256 = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#closing#` / `closing#`."""
        return Key(join(practice_id, "closing"), "closing#")


class Import(Record):
    """That a practice came from an export: which, and whether all of it is there."""

    KIND = "import"

    manifest_sha256 = UnicodeAttribute()
    from_practice_id = UnicodeAttribute()
    done_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#import#` / `import#`."""
        return Key(join(practice_id, "import"), "import#")


class LegalHold(Record):
    """What may not be destroyed: one patient's records, or all of the practice's."""

    KIND = "legal_hold"

    id = IdInKey("hld")
    patient_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    placed_by = UnicodeAttribute()
    placed_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, hold_id: str) -> Key:
        """`prc_1#legal-holds#` / `hld_2#`."""
        return Key(join(practice_id, "legal-holds"), join(hold_id))


class Erasure(Record):
    """A destruction, and its certificate. It stays when all else is gone.

    `found` counts what was there to be destroyed, `kept` what the law keeps, both by kind.
    `phase`: count, rows, files, check.
    """

    KIND = "erasure"

    practice_id = IdInKey("prc")
    state = UnicodeAttribute()
    patient_id = UnicodeAttribute(null=True)
    asked_by = UnicodeAttribute()
    asked_at = InstantAttribute()
    confirmed_by = UnicodeAttribute(null=True)
    step = IntegerAttribute(default=0)
    phase = UnicodeAttribute(default="count")
    position = JSONAttribute(null=True)
    found = JSONAttribute(null=True)
    kept = JSONAttribute(null=True)
    versions = IntegerAttribute(default=0)
    export_sha256 = UnicodeAttribute(null=True)
    custodian_email = UnicodeAttribute(null=True)
    done_at = InstantAttribute(null=True)
    backups_until = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, what: str = "everything") -> Key:
        """`prc_1#erasures#` / `everything#`, or `pat_2#` for one patient's records."""
        return Key(join(practice_id, "erasures"), join(what))
