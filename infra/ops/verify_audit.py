"""`python -m infra.ops verify-audit [PRACTICE…]`: whether the audit is as it was written.

One JSON object a practice. Without a name: every practice whose head was ever locked away. Exit
code 1 if anything cannot be so; `first` then names the first bad place. It needs the deployment's
`CARELOOM_*` variables and credentials that read the audit bucket.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import boto3

from chalicelib.audit.chain import Anchor, Verdict
from chalicelib.audit.verifying import verify_audit
from chalicelib.platform.config import settings
from chalicelib.platform.context import Context

from .practice_work import in_practice

HEADS = "audit-heads"


def run(arguments: Sequence[str]) -> int:
    """Verify the named practices, or all."""
    worst = 0
    for practice_id in arguments or list(_practices()):
        verdicts: list[Verdict] = []

        def verify(context: Context, into: list[Verdict] = verdicts) -> None:
            into.append(verify_audit(context, locked_heads(context.practice_id)))

        worst = max(worst, in_practice(practice_id, verify))
        for verdict in verdicts:
            print(json.dumps(_line(practice_id, verdict)), flush=True)
            worst = max(worst, int(bool(verdict.faults)))
    return worst


def locked_heads(practice_id: str) -> list[Anchor]:
    """Every version of every head that was locked away: none can be taken back."""
    s3, bucket, found = _s3(), settings().audit_bucket, []
    pages = s3.get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, Prefix=f"{practice_id}/{HEADS}/"):
        for each in page.get("Versions", []):
            stored = s3.get_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
            said = json.loads(stored["Body"].read())
            found.append(Anchor(said["number"], said["hash"]))
    return found


def _practices() -> Iterator[str]:
    pages = _s3().get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=settings().audit_bucket, Delimiter="/"):
        yield from (each["Prefix"].rstrip("/") for each in page.get("CommonPrefixes", []))


def _s3() -> Any:
    """The operator's own credentials: no function of ours may read the locked heads."""
    make: Any = boto3.client
    return make("s3", endpoint_url=settings().endpoint_url, region_name=settings().region)


def _line(practice_id: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "practice": practice_id,
        "whole": not verdict.faults,
        "sealed": verdict.sealed,
        "unsealed": verdict.unsealed,
        "faults": len(verdict.faults),
        "first": asdict(verdict.faults[0]) if verdict.faults else None,
    }
