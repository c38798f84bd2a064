"""Taking an export in: into an empty practice, whole, and equal to what was exported.

All files are checked against the manifest before anything is written. The practice's own record
comes last: until then nobody can sign in there. An import that died is run again and goes on.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ..identity.models import User, Workplace
from ..patients.models import MrnClaim, Patient, SearchToken
from ..patients.search_terms import terms_of
from ..platform.aws import client
from ..platform.context import Context
from ..platform.store import Record, Row, find, plant_row, sweep_page, system_scope
from ..practices.models import ACTIVE, Practice
from .agreed import demand_agreed
from .errors import BadArchive, PracticeNotEmpty
from .lines import Line, row_of
from .manifest import FORMAT
from .models import Import
from .ports import Archive, chunks
from .rekeying import rekeyed
from .sealed_words import with_own_seal
from .sealing import open_line
from .stored_files import bucket_of

MOST_LINE_BYTES = 8_000_000
SENT = "clearinghouse/outbound/"


@dataclass(slots=True)
class Imported:
    """What came of an import: records by kind, files, and what could not be taken in."""

    practice_id: str
    records: Counter[str] = field(default_factory=Counter)
    files: int = 0
    still_sealed: int = 0
    strangers: int = 0


def import_practice(
    context: Context, archive: Archive, *, private_key: str | None = None
) -> Imported:
    """Make the context's practice, where nothing is yet, equal to the one that was exported.

    Every id but the practice's stays. Sealed records need the custodian's `private_key`. A member
    without an account here has to be invited anew. BadArchive (422); PracticeNotEmpty,
    AgreementNotAccepted (409).
    """
    manifest, digest = _checked_manifest(archive)
    _demand_agreed(context, archive, manifest)
    mark = _marked(context, manifest, digest)
    done = Imported(context.practice_id)
    own: Row | None = None
    for line in _lines(archive, manifest):
        opened = _opened(line, private_key)
        if opened is None:
            done.still_sealed += 1
            continue
        row = _row(rekeyed(opened, manifest["practice_id"], context.practice_id))
        if row["kind"]["S"] == Practice.KIND:
            own = row
        elif _plant(context, row):
            done.records[row["kind"]["S"]] += 1
        else:
            done.strangers += 1
    for entry in manifest["files"]:
        if entry["name"].startswith("files/"):
            _put_file(context, archive, entry["name"])
            done.files += 1
    _open_practice(context, own, mark)
    done.records[Practice.KIND] += 1
    return done


def _checked_manifest(archive: Archive) -> tuple[dict[str, Any], str]:
    try:
        with archive.open("manifest.json") as file:
            body = file.read()
        manifest: dict[str, Any] = json.loads(body)
        if manifest["format"] != FORMAT:
            raise BadArchive(f"The format is {manifest['format']}")
        for entry in manifest["files"]:
            if entry["name"].startswith("files/"):
                bucket_of(entry["name"].split("/", 2)[1])
            digest = sha256()
            with archive.open(entry["name"]) as file:
                for chunk in chunks(file):
                    digest.update(chunk)
            if digest.hexdigest() != entry["sha256"]:
                raise BadArchive(f"{entry['name']} is not as it was written")
    except (KeyError, TypeError, ValueError) as error:
        raise BadArchive(f"The manifest lacks or names what is not there: {error}") from error
    return manifest, sha256(body).hexdigest()


def _demand_agreed(context: Context, archive: Archive, manifest: dict[str, Any]) -> None:
    try:
        demand_agreed(_lines(archive, manifest), context.today())
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadArchive(f"A record that is none of ours: {type(error).__name__}") from error


def _marked(context: Context, manifest: dict[str, Any], digest: str) -> Import:
    """The import's own record: made where the practice is empty, found where this one has begun."""
    mark = find(Import, Import.key(context.practice_id))
    if mark is not None:
        if mark.manifest_sha256 != digest or mark.done_at:
            raise PracticeNotEmpty
        return mark
    start: dict[str, Any] | None = None
    while True:
        page = sweep_page(context.practice_id, start=start)
        if page.rows:
            raise PracticeNotEmpty
        if (start := page.next_key) is None:
            break
    mark = Import(
        *Import.key(context.practice_id),
        manifest_sha256=digest,
        from_practice_id=manifest["practice_id"],
    )
    context.work.create(mark, refusal=PracticeNotEmpty())
    context.work.commit()
    return mark


def _lines(archive: Archive, manifest: dict[str, Any]) -> Iterator[Line]:
    for entry in manifest["files"]:
        if entry["name"].startswith("records/"):
            with archive.open(entry["name"]) as file:
                while text := file.readline(MOST_LINE_BYTES):
                    yield json.loads(text)


def _opened(line: Line, private_key: str | None) -> Line | None:
    if "sealed" not in line:
        return line
    if private_key is None:
        return None
    try:
        return open_line(line, private_key)
    except ValueError as error:
        raise BadArchive(f"A sealed record: {error}") from error


def _row(line: Line) -> Row:
    try:
        return row_of(line)
    except (KeyError, TypeError, ValueError) as error:
        raise BadArchive(f"A record that is none of ours: {type(error).__name__}") from error


def _plant(context: Context, row: Row) -> bool:
    """Put one record, with what is made from it; False for a membership of nobody known here."""
    record = Record.from_raw_data(row)
    if isinstance(record, Workplace):
        return _plant_workplace(context, record, row)
    if isinstance(record, Patient):
        row = _findable(context, record, row)
    plant_row(with_own_seal(row))
    return True


def _plant_workplace(context: Context, workplace: Workplace, row: Row) -> bool:
    user_id = workplace.pk.split("#")[2]
    if workplace.item_key != Workplace.key(user_id, context.practice_id):
        raise BadArchive("A membership of another practice")
    with system_scope(context.practice_id):
        if find(User, User.key(user_id)) is None:
            return False
        plant_row(row)
    return True


def _findable(context: Context, patient: Patient, row: Row) -> Row:
    """Search tokens and the MRN's claim, made anew under this deployment's key and this practice."""
    tokens = {SearchToken.token(context.practice_id, term) for term in terms_of(patient.findable)}
    made: list[Record] = [
        SearchToken(*SearchToken.key(context.practice_id, token, patient.id)) for token in tokens
    ]
    made.append(MrnClaim(*MrnClaim.key(context.practice_id, patient.mrn), patient_id=patient.id))
    for record in made:
        record.version = 1
        plant_row(record.serialize())
    return {**row, "search_tokens": {"SS": sorted(tokens)}}


def _put_file(context: Context, archive: Archive, name: str) -> None:
    """Back to its place; what was sent to partners lies among the files, or it would be sent again."""
    _, place, rest = name.split("/", 2)
    if place == "mailbox" and rest.startswith(SENT):
        place, rest = "files", f"sent/{rest}"
    with archive.open(name) as file:
        key = f"{context.practice_id}/{rest}"
        client("s3").put_object(Bucket=bucket_of(place), Key=key, Body=file)


def _open_practice(context: Context, row: Row | None, mark: Import) -> None:
    if row is None or row["sk"]["S"] != "practice#":
        raise BadArchive("The practice itself is missing")
    plant_row({**row, "status": {"S": ACTIVE}})
    mark.done_at = context.now()
    context.work.save(mark)
    context.work.commit()
