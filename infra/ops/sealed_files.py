"""`python -m infra.ops sealed`: the envelopes of files in the shared mailbox that fit no practice.

It needs the deployment's `CARELOOM_*` variables and AWS credentials. The files themselves are not
read: they may hold health data.
"""

import json
from collections.abc import Sequence

from chalicelib.platform.clock import iso
from chalicelib.platform.store import query_all, system_scope


def run(arguments: Sequence[str]) -> int:
    """One JSON object a line, newest last: `file_key`, `file_kind`, `size`, `received_at`, `why`."""
    from chalicelib.claims.models import SealedFile

    if arguments:
        print("usage: python -m infra.ops sealed")
        return 2
    with system_scope():
        for record in query_all(SealedFile.key("0").pk):
            shown = {
                "file_key": record.file_key,
                "file_kind": record.file_kind,
                "size": record.size,
                "received_at": iso(record.received_at),
                "why": record.why,
            }
            print(json.dumps(shown))
    return 0
