"""`inspect FILE…`: one JSON object a line with what each file is and whether it is taken in.

Exit code 0: all are accepted; 1: any is refused; 2: no file was named.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from chalicelib.claims.x12.inspection import Inspection, inspect
from chalicelib.claims.x12.interchange import MAX_BYTES, Finding


def run(arguments: Sequence[str]) -> int:
    """Inspect the files named by `arguments`, in order."""
    if not arguments or arguments[0].startswith("-"):
        print("usage: python -m infra.ops inspect FILE…", file=sys.stderr)
        return 2
    refused = False
    for name in arguments:
        inspection = _inspected(name)
        print(json.dumps(_line(inspection)), flush=True)
        refused = refused or inspection.verdict == "refused"
    return int(refused)


def _inspected(name: str) -> Inspection:
    try:
        with Path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        finding = Finding(0, f"the file cannot be read: {reason}")
        return Inspection(name, "unknown", "refused", (finding,), ())
    return inspect(name, data)


def _line(inspection: Inspection) -> dict[str, object]:
    line: dict[str, object] = {
        "file": inspection.name,
        "kind": inspection.kind,
        "verdict": inspection.verdict,
        "reasons": _findings(inspection.reasons),
        "warnings": _findings(inspection.warnings),
    }
    if inspection.kind == "835":
        line["claims"] = inspection.claims
        line["paid_minor"] = inspection.paid_minor
        line["payment_minor"] = inspection.payment_minor
    return line


def _findings(findings: Iterable[Finding]) -> list[dict[str, object]]:
    return [{"segment": finding.segment, "text": finding.text} for finding in findings]
