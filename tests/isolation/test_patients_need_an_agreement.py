"""No patient before the owner has accepted the business associate agreement: every way there is."""

import ast

from chalicelib.platform.errors import Stale
from chalicelib.platform.store import UnitOfWork, practice_scope
from chalicelib.practices.models import Practice
from tests import tables
from tests.architecture.source_tree import parsed, product_tree
from tests.isolation.cases import called, send, who_does
from tests.isolation.clinics import Clinics

MAKES_PATIENTS = {
    "patients/registration.py": "register_patient: tests/http/practices/test_agreements.py",
    "custody/importing.py": "import_practice: tests/integration/custody/test_agreement.py",
}
"""What writes a patient that was not there, and where it is shown to ask for the agreement."""
ROWS_AS_THEY_ARE = {"plant_row", "put_item", "batch_write_item", "transact_write_items"}
OF_THE_STORE = "platform/store/"


def _writes_patients(tree: ast.Module) -> bool:
    """It makes a `Patient` under a key, or puts rows of any kind as they are."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in ROWS_AS_THEY_ARE or (name == "Patient" and call.args):
            return True
    return False


def test_every_place_that_can_make_a_patient_is_known() -> None:
    found = {
        path.removeprefix("chalicelib/")
        for path, source in product_tree().items()
        if OF_THE_STORE not in path and _writes_patients(parsed(source))
    }
    assert found == MAKES_PATIENTS.keys()


def test_no_route_makes_a_patient_of_a_practice_that_has_not_accepted(clinics: Clinics) -> None:
    """A new route that makes something joins by itself."""
    _unagreed(clinics.a.ids["practice_id"])
    refused = set()
    for endpoint in called():
        if endpoint.status != 201:
            continue
        with clinics.undone() as before:
            answer = send(clinics.a, who_does(endpoint), endpoint, clinics.a.ids)
            assert not _new_patients(before), endpoint.name
        if answer.status == 409 and answer.json["code"] == "agreement_not_accepted":
            refused.add(endpoint.name)
    assert refused == {"register_patient"}


def _new_patients(before: tables.Image) -> list[tables.Row]:
    return [
        now
        for was, now in tables.changed_since(before)
        if now is not None and was is None and now["kind"]["S"] == "patient"
    ]


def _unagreed(practice_id: str) -> None:
    work = UnitOfWork()
    work.update(
        Practice,
        Practice.key(practice_id),
        actions=[Practice.agreement.remove()],
        condition=Practice.kind.exists(),
        refusal=Stale(),
    )
    with practice_scope(practice_id):
        work.commit()
