"""Small trees with violations planted in them, and where each rule must find them.

A comment `# !` ends each line that the rule under test must object to; all others are lawful.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.architecture import code_rules, layer_rules
from tests.architecture.source_tree import Rule, Tree

MARK = "# !"
USE_CASE = "def book(context: Context, slot: str) -> None: ..."
SYSTEM_USE_CASE = 'def sign_up(context: "SystemContext") -> None: ...'


@dataclass(frozen=True, slots=True)
class Plant:
    """A tree, and the places (path, line) that break the rule."""

    rule: Rule
    name: str
    tree: Tree

    def __str__(self) -> str:
        return f"{self.rule.__name__}: {self.name}"

    @property
    def places(self) -> set[tuple[str, int]]:
        return {
            (path, at)
            for path, source in self.tree.items()
            for at, line in enumerate(source.splitlines(), start=1)
            if line.endswith(MARK)
        }


def _plants() -> Iterator[Plant]:
    yield from _tiers()
    yield from _roles()
    yield from _purity()
    yield from _libraries()
    yield from _sizes_and_names()
    yield from _reads()
    yield from _handlers()


def _tiers() -> Iterator[Plant]:
    down = layer_rules.imports_go_down_only
    yield Plant(down, "a domain imports a later one", {
        "chalicelib/patients/service.py": """
from chalicelib.billing.service import charge  # !
from ..claims import x12_837p  # !
from ..practices.service import zone_of
from ..platform.store import get
from .models import Patient
import json
""",
    })  # fmt: skip
    yield Plant(down, "the platform imports a domain", {
        "chalicelib/platform/http/serving.py": "from ...identity.sessions.tokens import read  # !",
        "chalicelib/platform/audit.py": "from .clock import iso",
    })  # fmt: skip
    yield Plant(down, "domains of one tier import each other", {
        "chalicelib/scheduling/booking.py": "from ..clinical.models import Encounter  # !",
        "chalicelib/practices/service.py": "from ..identity.models import User  # !",
        "chalicelib/practices/routes.py": "from ..identity.permissions import Permission",
        "chalicelib/identity/sessions/signing_in.py": "from ..practices.models import Practice",
    })  # fmt: skip
    yield Plant(down, "late, typing and computed imports count", {
        "chalicelib/patients/merge.py": """
import importlib
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from ..claims.models import Claim  # !
def late():
    import chalicelib.billing.ledger  # !
    importlib.import_module("chalicelib.reporting.rollups")  # !
    return importlib.import_module("json")
""",
    })  # fmt: skip
    yield Plant(down, "the product imports what stands above it", {
        "chalicelib/operations/service.py": """
from infra.local import seed  # !
import app  # !
from tests.builders import patient  # !
from ..claims.service import submit
""",
        "app.py": "from chalicelib.claims.routes import routes",
    })  # fmt: skip
    yield Plant(layer_rules.every_domain_has_a_tier, "a domain without a tier", {
        "chalicelib/pharmacy/service.py": "import json  # !",
        "chalicelib/billing/service.py": "import json",
        "chalicelib/__init__.py": "",
        "app.py": "",
    })  # fmt: skip
    yield Plant(layer_rules.the_root_wires_every_domain, "a domain that app.py forgot", {
        "app.py": """
ROUTES = ("billing.routes", "identity.machines.key_routes", "tasks.handlers")
HANDLERS = ("claims.routes",)
""",
        "chalicelib/billing/routes.py": "routes = Routes('billing')",
        "chalicelib/billing/handlers.py": "consumers = Consumers('billing')  # !",
        "chalicelib/claims/routes.py": "routes = Routes('claims')  # !",
        "chalicelib/tasks/handlers.py": "consumers = Consumers('tasks')  # !",
        "chalicelib/identity/machines/key_routes.py": "routes = Routes('identity')",
        "chalicelib/identity/machines/routes.py": "routes = Routes('identity')  # !",
    })  # fmt: skip


def _roles() -> Iterator[Plant]:
    shapes = layer_rules.shapes_and_errors_import_the_platform_and_values
    yield Plant(shapes, "shapes and errors reach out", {
        "chalicelib/billing/models.py": """
from pynamodb.attributes import UnicodeAttribute
from ..platform.store import Record
from .balances import Balance
from .schemas import ChargeBody  # !
from ..patients.models import Patient  # !
""",
        "chalicelib/billing/schemas.py": """
from typing import TYPE_CHECKING
from .models import Charge  # !
from .models import Invoice, LedgerEntry
from .posting import post_payment  # !
from .balances import Balance
if TYPE_CHECKING:
    from .models import Payment
def of(invoice: Invoice, balance: Balance) -> LedgerEntry:
    return Charge.key(balance)
""",
        "chalicelib/billing/errors.py": """
from ..platform.errors import Conflict
from . import service  # !
""",
        "chalicelib/billing/posting.py": USE_CASE,
        "chalicelib/billing/balances.py": "class Balance: ...",
        "chalicelib/billing/service.py": "from .models import Charge",
        "chalicelib/platform/errors.py": "from ..billing.models import Charge",
    })  # fmt: skip
    yield Plant(layer_rules.routes_call_services, "a route reads the store", {
        "chalicelib/claims/routes.py": """
from ..platform.http import Routes
from ..platform.store import get  # !
from ..platform import aws  # !
from ..patients.models import Patient  # !
from ..patients import models  # !
from . import submission
from .schemas import ClaimView
from ..billing.schemas import ChargeView
""",
        "chalicelib/claims/service.py": "from ..platform.store import get",
    })  # fmt: skip


def _purity() -> Iterator[Plant]:
    pure = layer_rules.rule_modules_are_pure
    yield Plant(pure, "a rule module reads", {
        "chalicelib/scheduling/free_slots.py": """
import gzip
import json
import socket  # !
from pathlib import Path
from datetime import date
from ..platform.money import Money
from ..platform.store import find  # !
from ..platform import config  # !
from .models import DayItem  # !
from .models import (
    Closure,
    Holiday,
)
from .booking import book  # !
from .buckets import span
from .errors import SlotTaken
from ..practices.models import Practice  # !
class Free:
    'Not a Holiday, nor a Closure.'
    day: "list[Holiday]"
    until: Closure | None
def free(practice_id: str) -> list[Holiday]:
    return DayItem.key(practice_id)
def load(name: str) -> str:
    with open(name) as file:  # !
        return file.read() + Path(name).read_text()  # !
def unpack(name: str) -> bytes:
    return gzip.open(name).read()  # !
def opened(open: list[int]) -> None: ...
""",
        "chalicelib/scheduling/buckets.py": "from typing import Final",
        "chalicelib/scheduling/booking.py": f"from ..platform.store import find\n{USE_CASE}",
        "chalicelib/identity/signing_up/sign_up.py": f"from ..models import User\n{SYSTEM_USE_CASE}",
        "chalicelib/scheduling/service.py": "from ..platform.store import find",
        "chalicelib/platform/due.py": "from .store import find",
    })  # fmt: skip
    yield Plant(pure, "a private function or a method makes no use case", {
        "chalicelib/billing/ledger.py": """
from ..platform.store import find  # !
def _post(context: Context) -> None: ...
class Ledger:
    def post(self, context: Context) -> None: ...
""",
    })  # fmt: skip
    yield Plant(pure, "an entry in NOT_PURE is no longer needed", {
        "chalicelib/identity/derived_secrets.py": "import hmac  # !",
        "chalicelib/identity/authentication.py": "from ..platform.store import find",
    })  # fmt: skip


def _libraries() -> Iterator[Plant]:
    libraries = layer_rules.libraries_stay_in_their_place
    yield Plant(libraries, "libraries out of their place", {
        "chalicelib/platform/aws.py": "import boto3\nfrom botocore.config import Config",
        "chalicelib/platform/store/connection.py": """
import boto3  # !
from botocore.exceptions import ClientError  # !
from pynamodb.connection import TableConnection
""",
        "chalicelib/claims/models.py": "from pynamodb.attributes import UnicodeAttribute",
        "chalicelib/claims/submission.py": """
from pynamodb.models import Model  # !
from pydantic import BaseModel  # !
def send():
    import boto3.session  # !
""",
        "chalicelib/claims/schemas.py": "from pydantic import Field",
        "chalicelib/claims/routes.py": "from chalice import Blueprint  # !",
        "chalicelib/platform/queues.py": "from chalice.app import Blueprint",
        "app.py": "from chalice import Chalice",
    })  # fmt: skip
    yield Plant(layer_rules.imports_are_plain, "imports that hide", {
        "chalicelib/claims/service.py": """
from .models import *  # !
import importlib
def load(name):
    return importlib.import_module(f"chalicelib.{name}")  # !
def known():
    return importlib.import_module("json")
""",
        "chalicelib/platform/late.py": """
from importlib import import_module
from json import *  # !
def import_late(name):
    return import_module(f"chalicelib.{name}")
""",
    })  # fmt: skip


def _sizes_and_names() -> Iterator[Plant]:
    lines = "a = 1\n"
    yield Plant(code_rules.files_are_short, "a file too long", {
        "chalicelib/claims/long.py": lines * 400 + "a = 1  # !",
        "chalicelib/claims/full.py": lines * 400,
        "app.py": lines * 60 + "a = 1  # !",
    })  # fmt: skip
    yield Plant(code_rules.functions_are_short, "a function too long", {
        "chalicelib/claims/service.py": f"""
def long():  # !
{"    a = 1" + chr(10) * 50}    a = 1

def full():
{"    a = 1" + chr(10) * 48}    a = 1

class Post:
    async def method(self):  # !
{"        a = 1" + chr(10) * 50}        a = 1
""",
    })  # fmt: skip
    yield Plant(code_rules.names_say_what_a_module_is, "names that say nothing", {
        "chalicelib/claims/utils.py": "a = 1  # !",
        "chalicelib/claims/x12_helpers.py": "a = 1  # !",
        "chalicelib/common/money.py": "a = 1  # !",
        "chalicelib/platform/store/base.py": "a = 1  # !",
        "chalicelib/claims/basement.py": "a = 1",
        "chalicelib/platform/store/record.py": "a = 1",
    })  # fmt: skip


def _reads() -> Iterator[Plant]:
    yield Plant(code_rules.only_the_settings_read_the_environment, "the environment is read", {
        "chalicelib/platform/config.py": "import os\nread = os.environ",
        "chalicelib/platform/log.py": """
import os
import os as system
from os import environ as around
LEVEL = os.environ.get("LEVEL")  # !
STAGE = os.getenv("STAGE")  # !
TABLE = system.environ["TABLE"]  # !
QUEUE = around["QUEUE"]  # !
HERE = os.path.join("a", "b")
""",
        "app.py": "import os\nos.environ['A'] = 'b'  # !",
    })  # fmt: skip
    yield Plant(code_rules.time_ids_and_chance_are_injected, "the clock is read", {
        "chalicelib/platform/clock.py": "from datetime import datetime\nnow = datetime.now",
        "chalicelib/platform/ids.py": "import random\nchance = random.Random(1)",
        "chalicelib/scheduling/service.py": """
import datetime as dt
import random
import time
import uuid
from datetime import UTC, date, datetime
from random import choice
from uuid import UUID, uuid4
A = datetime.now(UTC)  # !
B = datetime.utcnow()  # !
C = dt.datetime.now()  # !
D = date.today()  # !
E = time.time()  # !
F = field(default_factory=uuid4)  # !
G = uuid.uuid4().hex  # !
H = random.random()  # !
I = choice([1, 2])  # !
def lawful(context, time: int):
    now = context.now()
    return now, datetime.fromtimestamp(0, UTC), UUID(int=0), date(2026, 1, 1)
""",
        "chalicelib/scheduling/local_time.py": """
from datetime import time
NOON = time(12).replace(minute=5)
MIN = time.min
""",
    })  # fmt: skip
    yield Plant(code_rules.nothing_prints, "something prints", {
        "chalicelib/claims/service.py": """
import sys
from pprint import pprint
def show(claim):
    print(claim)  # !
    pprint(claim)  # !
    sys.stderr.write("x")  # !
    claim.print()
    return list(map(print, [1]))  # !
""",
    })  # fmt: skip


def _handlers() -> Iterator[Plant]:
    yield Plant(code_rules.handlers_are_named_once, "handlers without a name, or with another's", {
        "chalicelib/billing/handlers.py": """
@consumers.on_sqs_message(queue="billing", name="billing_queue")
def receive(event): ...
@workers.schedule("rate(1 minute)")  # !
def sweep(event): ...
""",
        "chalicelib/claims/handlers.py": """
@consumers.on_sqs_message(queue="claims", name="billing_queue")  # !
def receive(event): ...
@workers.on_cw_event({}, name="claims_mailbox")
def arrive(event): ...
""",
    })  # fmt: skip


PLANTS = tuple(_plants())
