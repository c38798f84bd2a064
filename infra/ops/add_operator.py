"""`python -m infra.ops add-operator EMAIL NAME [--role ROLE…]`: the first of the vendor's people.

Makes the vendor's own tenant if it is not there, and invites the operator by mail; they set a
password, enrol a second factor, and invite their colleagues over the API. Needs the deployment's
`CARELOOM_*` variables and credentials.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from chalicelib.identity.authentication import VENDOR
from chalicelib.identity.operators import OperatorRole
from chalicelib.operations.operators import found_vendor, invite_operator
from chalicelib.operations.schemas import OperatorInvite
from chalicelib.platform.context import SYSTEM_KIND, Actor, SystemContext
from chalicelib.platform.errors import DomainError
from chalicelib.platform.ids import UserId
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import UnitOfWork, system_scope


def run(arguments: Sequence[str]) -> int:
    """Invite one operator, and say who."""
    import app  # noqa: F401  # it installs the clock and the ids

    asked = _parser().parse_args(arguments)
    context = SystemContext(
        tenant=VENDOR,
        actor=Actor(UserId("system:operations"), SYSTEM_KIND),
        permissions=frozenset(),
        request_id="add-operator",
        clock=runtime().clock,
        ids=runtime().ids,
        work=UnitOfWork(),
    )
    body = OperatorInvite(email=asked.email, name=asked.name, roles=asked.role)
    try:
        with system_scope():
            found_vendor(context)
            member = invite_operator(context, body)
            context.work.commit()
    except DomainError as refusal:
        print(f"{refusal.code}: {refusal.detail}", file=sys.stderr)
        return 1
    print(json.dumps({"user_id": member.user_id, "roles": sorted(member.roles)}))
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m infra.ops add-operator")
    parser.add_argument("email")
    parser.add_argument("name")
    parser.add_argument(
        "--role",
        action="append",
        choices=[each.value for each in OperatorRole],
        help="may be given several times",
        required=True,
    )
    return parser
