"""How a command of operations works in one practice: as the system, in one unit of work.

It needs the deployment's `CARELOOM_*` variables and AWS credentials.
"""

import json
import secrets
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence

from chalicelib.platform.context import Context
from chalicelib.platform.errors import DomainError, NotFound
from chalicelib.platform.queues import working


def in_practice(practice_id: str, use_case: Callable[[Context], object]) -> int:
    """Run a use case in the practice and commit; 0, or 1 with the code of what refused it."""
    import app  # noqa: F401  # it installs how a practice is found

    try:
        with working("operations", practice_id, f"ops-{secrets.token_hex(8)}") as context:
            use_case(context)
    except NotFound:
        print(f"no practice {practice_id}", file=sys.stderr)
        return 1
    except DomainError as refusal:
        print(f"{refusal.code}: {refusal.detail}", file=sys.stderr)
        return 1
    return 0


def decide(
    name: str, arguments: Sequence[str], use_case: Callable[..., object], *, done: str
) -> int:
    """`NAME PRACTICE --by WHO --reason WHY`: a decision about one practice, and a line that says so."""
    parser = ArgumentParser(prog=f"python -m infra.ops {name}")
    parser.add_argument("practice")
    parser.add_argument("--by", required=True, help="who decided")
    parser.add_argument("--reason", required=True, help="why; the practice's people may read it")
    asked = parser.parse_args(arguments)
    code = in_practice(
        asked.practice, lambda context: use_case(context, by=asked.by, reason=asked.reason)
    )
    if code == 0:
        print(json.dumps({"practice": asked.practice, "status": done}))
    return code
