"""The practice's objects in both buckets: listed, copied, and destroyed with every version."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ..platform.aws import client
from ..platform.config import settings
from ..platform.context import Context

CHUNK = 1 << 20
PAGE = 200
PLACES = ("files", "mailbox")
COPIES = ("exports", "downtime")
"""Folders that hold copies of what is kept elsewhere: they do not leave with a practice."""
SENT_TO = (
    ("mailbox", "clearinghouse/outbound/"),
    ("files", "sent/clearinghouse/outbound/"),
)
"""Where files that were sent to trading partners lie; the second, those of an import."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One object. `place` is which bucket: files, mailbox."""

    place: str
    key: str
    size: int


def bucket_of(place: str) -> str:
    """The bucket of this name. KeyError."""
    return {"files": settings().files_bucket, "mailbox": settings().mailbox_bucket}[place]


def files_after(context: Context, position: dict[str, str] | None) -> Iterator[StoredFile]:
    """All that the practice keeps in the buckets, copies left out, in an order that can be resumed."""
    practice_id = context.practice_id
    start = position or {"place": PLACES[0], "after": ""}
    for place in PLACES[PLACES.index(start["place"]) :]:
        after = start["after"] if place == start["place"] else ""
        for found in _listed(place, f"{practice_id}/", after):
            if not found["Key"].startswith(tuple(f"{practice_id}/{each}/" for each in COPIES)):
                yield StoredFile(place, found["Key"], found["Size"])


def bytes_kept(context: Context) -> int:
    """What all of the practice's objects take, exports included; past versions are not counted."""
    prefix = f"{context.practice_id}/"
    return sum(found["Size"] for place in PLACES for found in _listed(place, prefix, ""))


def copy_with_digest(stored: StoredFile, target: str) -> str:
    """Copy an object into the bucket of files; the SHA-256 of the copy, read 1 MB at a time."""
    s3 = client("s3")
    source = {"Bucket": bucket_of(stored.place), "Key": stored.key}
    s3.copy_object(Bucket=settings().files_bucket, Key=target, CopySource=source)
    body = s3.get_object(Bucket=settings().files_bucket, Key=target)["Body"]
    digest = sha256()
    while chunk := body.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def versions_page(
    context: Context, place: str, *, limit: int = 1000, rest: str = ""
) -> list[dict[str, str]]:
    """Versions and delete markers under the practice's prefix, the first of them."""
    prefix = f"{context.practice_id}/{rest}"
    answer = client("s3").list_object_versions(
        Bucket=bucket_of(place), Prefix=prefix, MaxKeys=limit
    )
    found = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
    return [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]


def destroy_under(context: Context, place: str, rest: str) -> int:
    """Every version of the objects whose keys begin so, after the practice; how many there were."""
    destroyed = 0
    while found := versions_page(context, place, rest=rest):
        destroy_versions(place, found)
        destroyed += len(found)
    return destroyed


def destroy_versions(place: str, versions: list[dict[str, str]]) -> None:
    """Delete these versions for good; one that is gone already is no error."""
    client("s3").delete_objects(
        Bucket=bucket_of(place), Delete={"Objects": versions, "Quiet": True}
    )


def _listed(place: str, prefix: str, after: str) -> Iterator[dict[str, Any]]:
    more: dict[str, str] = {"StartAfter": after} if after else {}
    while True:
        answer = client("s3").list_objects_v2(
            Bucket=bucket_of(place), Prefix=prefix, MaxKeys=PAGE, **more
        )
        yield from answer.get("Contents", ())
        if not answer.get("IsTruncated"):
            return
        more = {"ContinuationToken": answer["NextContinuationToken"]}
