"""What a practice has at the end of its life, put into one that works: every route finds its record."""

from datetime import UTC, date, datetime, timedelta

from chalicelib.custody.closing import RECEIPT
from chalicelib.custody.custodian import Custodian
from chalicelib.custody.erasing import CERTIFICATE
from chalicelib.custody.models import DONE, Closing, Erasure, Export
from chalicelib.identity.links import link_token
from chalicelib.identity.models import Link
from chalicelib.patients.demographics import Guarantor, PersonName
from chalicelib.patients.models import Patient
from chalicelib.platform.clock import SetClock
from chalicelib.platform.context import Context
from chalicelib.platform.ids import Ids
from chalicelib.platform.postal import Address
from chalicelib.platform.queues import working
from chalicelib.platform.store import UnitOfWork, get, system_scope

LONG_AGO = SetClock(datetime(2001, 1, 1, tzinfo=UTC))
ADDRESS = Address(line1="1 Main St", city="Albany", state="NY", postal_code="12207")


def leave(ids: dict[str, str], name: str) -> dict[str, str]:
    """A closing with its link, a certificate with its, and a patient whose records may go."""
    with working("custody", ids["practice_id"], "a test") as context:
        export = get(Export, Export.key(context.practice_id, ids["export_id"]))
        receipt, certificate = _link(context, RECEIPT), _link(context, CERTIFICATE)
        _close(context, export.id, receipt.id)
        erasure = Erasure(
            *Erasure.key(context.practice_id),
            state=DONE,
            asked_by="Ann",
            asked_at=context.now(),
        )
        context.work.create(erasure)
        patient = _old_patient(context)
    return {
        "practice_name": name,
        "old_patient_id": patient.id,
        "manifest_sha256": export.manifest_sha256,
        "receipt_token": link_token(receipt.id),
        "certificate_token": link_token(certificate.id),
    }


def _close(context: Context, export_id: str, link_id: str) -> None:
    context.work.create(
        Closing(
            *Closing.key(context.practice_id),
            requested_by="usr_1",
            requested_at=context.now(),
            grace_until=context.now() + timedelta(days=30),
            custodian=Custodian("Records Inc", ADDRESS, "keep@records.example"),
            export_id=export_id,
            link_id=link_id,
        )
    )


def _old_patient(context: Context) -> Patient:
    patient_id = Ids(LONG_AGO).new("pat")
    patient = Patient(
        *Patient.key(context.practice_id, patient_id),
        mrn="1",
        name=PersonName("Old", "Olaf"),
        birth_date=date(1950, 1, 1),
        sex="male",
        guarantor=Guarantor("self"),
    )
    context.work.create(patient)
    return patient


def _link(context: Context, purpose: str) -> Link:
    link = Link(
        *Link.key(context.new_id("lnk")),
        purpose=purpose,
        email="keep@records.example",
        practice_id=context.practice_id,
        ends_at=context.now() + timedelta(days=30),
    )
    work = UnitOfWork()
    work.create(link)
    with system_scope():
        work.commit()
    return link
