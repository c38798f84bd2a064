"""`python -m infra.ops erase-practice PRACTICE --by NAME [--confirm]`: destroy a closed practice.

Two people decide: the first asks, the second runs it again with `--confirm`. It is refused before
the time of grace is over, before the custodian has confirmed the final export, and under a legal
hold. The work itself is done by `custody_queue`; without `--by` the command shows how far it is, and
the certificate once it is done. Exit code 1: refused; 2: wrong usage.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from chalicelib.custody.erasures import ask_erasure, confirm_erasure
from chalicelib.custody.models import Erasure
from chalicelib.custody.schemas import ErasureView
from chalicelib.platform.errors import DomainError
from chalicelib.platform.queues import working
from chalicelib.platform.store import get, practice_scope


def run(arguments: Sequence[str]) -> int:
    """One step of the decision, or what came of it, as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops erase-practice")
    parser.add_argument("practice_id")
    parser.add_argument("--by", default="")
    parser.add_argument("--confirm", action="store_true")
    given = parser.parse_args(arguments)
    import app  # noqa: F401  # its import installs the runtime

    try:
        if given.by:
            with working("custody", given.practice_id, "operations") as context:
                decide = confirm_erasure if given.confirm else ask_erasure
                decide(context, given.by)
        with practice_scope(given.practice_id):
            erasure = get(Erasure, Erasure.key(given.practice_id))
    except DomainError as refusal:
        print(json.dumps({"code": refusal.code, "detail": refusal.detail}), file=sys.stderr)
        return 1
    print(ErasureView.of(erasure).model_dump_json())
    return 0
