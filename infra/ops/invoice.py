"""`python -m infra.ops invoice PRACTICE MONTH {paid,void} --by WHO --reference WHAT`.

Records that operations have the money for a month's invoice, or that nothing is owed on it.
"""

import json
from argparse import ArgumentParser
from collections.abc import Sequence

from chalicelib.subscriptions.dunning import record_payment, void_invoice

from .practice_work import in_practice


def run(arguments: Sequence[str]) -> int:
    """Settle one invoice, and say so."""
    parser = ArgumentParser(prog="python -m infra.ops invoice")
    parser.add_argument("practice")
    parser.add_argument("month", help="2026-11")
    parser.add_argument("status", choices=["paid", "void"])
    parser.add_argument("--by", required=True, help="who settled it")
    parser.add_argument("--reference", required=True, help="of the payment, or why it is void")
    asked = parser.parse_args(arguments)
    settle = record_payment if asked.status == "paid" else void_invoice
    code = in_practice(
        asked.practice,
        lambda context: settle(context, asked.month, by=asked.by, reference=asked.reference),
    )
    if code == 0:
        settled = {"practice": asked.practice, "month": asked.month, "status": asked.status}
        print(json.dumps(settled))
    return code
