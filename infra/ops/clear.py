"""`python -m infra.ops clear PRACTICE CAPABILITY… --by WHO --licence LICENCE [--refuse REASON]`.

Records that operations have verified NPI, TIN and licence, or that they have not. Several
capabilities are one decision. Needs the deployment's `CARELOOM_*` variables and credentials.
"""

import json
from argparse import ArgumentParser
from collections.abc import Sequence

from chalicelib.platform.context import Context
from chalicelib.practices.capabilities import Capability
from chalicelib.practices.clearances import refuse_clearance, verify_clearance

from .practice_work import in_practice


def run(arguments: Sequence[str]) -> int:
    """Decide each capability in turn, and say what was decided."""
    asked = _parser().parse_args(arguments)
    for capability in map(Capability, asked.capability):

        def decide(context: Context, capability: Capability = capability) -> None:
            given = {"by": asked.by, "licence": asked.licence}
            if asked.refuse:
                refuse_clearance(context, capability, **given, reason=asked.refuse)
            else:
                verify_clearance(context, capability, **given)

        if code := in_practice(asked.practice, decide):
            return code
        decided = {"practice": asked.practice, "capability": capability.value}
        print(json.dumps({**decided, "status": "refused" if asked.refuse else "verified"}))
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.ops clear")
    parser.add_argument("practice")
    parser.add_argument("capability", nargs="+", choices=[each.value for each in Capability])
    parser.add_argument("--by", required=True, help="who verified it")
    parser.add_argument("--licence", required=True, help="the licence that was verified")
    parser.add_argument("--refuse", default="", help="the reason, if it could not be verified")
    return parser
