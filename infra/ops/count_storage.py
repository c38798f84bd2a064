"""`python -m infra.ops count-storage PRACTICE`: count anew what a practice stores, and keep that.

For practices from before storage was metered, after an import, and after the stream had failures.
Reads the whole table once. Prints one JSON object.
"""

import json
from argparse import ArgumentParser
from collections.abc import Sequence

from chalicelib.custody.measuring import bytes_stored
from chalicelib.platform.context import Context
from chalicelib.subscriptions.storage import set_storage

from .practice_work import in_practice


def run(arguments: Sequence[str]) -> int:
    """Count one practice."""
    parser = ArgumentParser(prog="python -m infra.ops count-storage")
    parser.add_argument("practice")
    practice_id = parser.parse_args(arguments).practice
    found: list[int] = []

    def count(context: Context) -> None:
        found.append(set_storage(context, bytes_stored(context)).bytes)

    code = in_practice(practice_id, count)
    if code == 0:
        print(json.dumps({"practice": practice_id, "storage_bytes": found[0]}))
    return code
